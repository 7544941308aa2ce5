import { z } from "zod";
import { bytesOf } from "./amount";
import { contradiction } from "./contradiction";
import { image } from "./image";
import { type ProbesDefaults, probes } from "./probes";
import { memory } from "./quantity";
import { type ResourceDefaults, resources } from "./resources";
import { isMapping } from "./scalar";
import { ownSqlDatabase, ownSqlUser } from "./sql-name";
import { storage } from "./storage";
import { podShape } from "./workload";

export interface PostgresqlDefaults {
  readonly image: string;
  readonly database: string;
  readonly user: string;
  readonly storage: string;
  readonly resources: ResourceDefaults;
  readonly probes: ProbesDefaults;
}

/** A PostgreSQL of the system's own. Refused: more shared memory than half of its memory limit. */
export const postgresql = (defaults: PostgresqlDefaults) =>
  z
    .strictObject({
      image: image()
        .describe(
          "The image of PostgreSQL, 15 or newer. Of the volume that is there: the same major version, and alpine or not as before (docs/backup.md has the way to another).",
        )
        .prefault(defaults.image),
      database: ownSqlDatabase()
        .describe("The database. With another name, a new and empty one is made on the volume beside it.")
        .prefault(defaults.database),
      user: ownSqlUser()
        .describe("The user that owns the database. Later ones have no right to what the first has made.")
        .prefault(defaults.user),
      storage: storage(defaults.storage).describe("The volume of its data.").prefault({}),
      resources: resources(defaults.resources).describe("Its size.").prefault({}),
      sharedMemory: memory("1Mi")
        .describe(
          "What the processes of parallel queries may share (/dev/shm), of the memory limit at most half. Default: a quarter.",
        )
        .optional(),
      probes: probes(defaults.probes),
      // A shutdown writes everything to disk first.
      ...podShape("PostgreSQL", { terminationGracePeriodSeconds: 60 }),
    })
    .superRefine(({ sharedMemory, resources }, context) => {
      if (!isMapping(resources) || !isMapping(resources.limits)) return;
      const [shared, limit] = [bytesOf(sharedMemory), bytesOf(resources.limits.memory)];
      if (shared === undefined || limit === undefined || shared * 2n <= limit) return;
      contradiction(context, {
        path: ["sharedMemory"],
        input: sharedMemory,
        message: `is more than half of the memory limit, ${resources.limits.memory}, which it counts towards`,
        accepts: "less shared memory, or a larger limit",
        beside: ["resources", "limits", "memory"],
      });
    })
    .transform(({ sharedMemory, ...config }) => ({
      ...config,
      sharedMemory: sharedMemory ?? `${bytesOf(config.resources.limits.memory)! / 4n}`,
    }));
