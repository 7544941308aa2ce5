import { z } from "zod";
import { bucket } from "./bucket";
import { cron } from "./cron";
import { resources } from "./resources";
import { flag, integer } from "./scalar";
import { storage } from "./storage";
import { podShape } from "./workload";

/** Backups of the servers of a system's own. */
export const backup = () =>
  z.strictObject({
    schedule: cron().describe("When, in UTC.").prefault("30 2 * * *"),
    keep: integer({ min: 1, max: 365 })
      .describe("How many backups of a server are kept; there has to be room for one more.")
      .prefault(7),
    activeDeadlineSeconds: integer({ min: 60, max: 86_400, unit: "seconds" })
      .describe("How long one may take before it has failed.")
      .prefault(3600),
    beforeMigration: flag()
      .describe("Whether the database is backed up before each migration too, which does not begin without.")
      .prefault(false),
    claim: storage("10Gi")
      .describe("The volume that they are on, of a class that can give ReadWriteMany. `destroy` keeps it.")
      .prefault({}),
    s3: bucket()
      .describe("A bucket that they are copied to from there. Left out: they are on the volume alone.")
      .optional(),
    resources: resources({
      requests: { cpu: "100m", memory: "128Mi" },
      limits: { cpu: "1000m", memory: "512Mi" },
    })
      .describe("The size of the pods that make them.")
      .prefault({}),
    ...podShape("the backups", { safeToEvict: false }),
  });
