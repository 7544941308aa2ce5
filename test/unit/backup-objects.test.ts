import { describe, expect, test } from "vitest";
import { thebot } from "../../systems/thebot";
import { objectsOf } from "./objects-of";
import { StackDirectory } from "./stack-directory";

// What backups become in the cluster. What their pods run is tested on real servers (backup-*.test.ts).

function declared(settings: string) {
  using directory = new StackDirectory();
  return thebot(directory.parse(`config: { muster:thebot: ${settings} }`).thebot!);
}

async function made(settings: string) {
  const secrets = { values: {}, missing: [], generated: {} };
  return objectsOf(declared(settings), { secrets });
}

const backedUp = made("{ backup: {} }");
const servers = ["thebot-postgres", "thebot-redis"];

describe("a system that is backed up", () => {
  test("has a CronJob for each server, which runs once at a time and ends", async () => {
    const { object } = await made("{ backup: { schedule: '15 3 * * *', activeDeadlineSeconds: 1800 } }");
    for (const server of servers) {
      const { spec } = object("CronJob", `${server}-backup`);
      expect(spec).toMatchObject({
        schedule: "15 3 * * *",
        timeZone: "Etc/UTC",
        concurrencyPolicy: "Forbid",
        jobTemplate: {
          spec: { activeDeadlineSeconds: 1800, template: { spec: { restartPolicy: "Never" } } },
        },
      });
      const [container] = spec.jobTemplate.spec.template.spec.containers;
      // Of the server's own image, whose programs fit its version.
      expect(container.image).toBe(object("StatefulSet", server).spec.template.spec.containers[0].image);
      expect(container.command).toEqual(["sh", "/etc/backup/backup.sh"]);
    }
  });

  test("reaches no more than the server, and is let in there", async () => {
    const { object } = await backedUp;
    const { spec } = object("NetworkPolicy", "thebot-postgres-backup");
    expect(spec.ingress).toEqual([]);
    const [, ...reached] = spec.egress;
    expect(reached).toEqual([
      {
        to: [
          {
            podSelector: {
              matchLabels: expect.objectContaining({ "app.kubernetes.io/component": "postgres" }),
            },
          },
        ],
        ports: [{ protocol: "TCP", port: 5432 }],
      },
    ]);
    const letIn = JSON.stringify(object("NetworkPolicy", "thebot-postgres").spec.ingress);
    expect(letIn).toContain('"postgres-backup"');
    expect(letIn).not.toContain('"redis-backup"');
  });

  test("keeps its backups on one volume, which outlives the system", async () => {
    const { object, resource } = await made("{ storageClass: nfs, backup: { claim: { size: 50Gi } } }");
    expect(object("PersistentVolumeClaim", "thebot-server-backups").spec).toEqual({
      accessModes: ["ReadWriteMany"],
      resources: { requests: { storage: "50Gi" } },
      storageClassName: "nfs",
    });
    expect(resource("PersistentVolumeClaim", "thebot-server-backups")!.retainOnDelete).toBe(true);
  });

  test("has no Job before a migration unless it is asked for, and then one for each migration", async () => {
    const { workloads } = declared("{ backup: {} }");
    expect(workloads.filter(({ kind }) => kind === "job").map(({ name }) => name)).toEqual([
      "thebot-migrate",
      "thebot-collectstatic",
    ]);
    const jobName = async (image: string) => {
      const settings = `{ image: { backend: "${image}" }, backup: { beforeMigration: true } }`;
      const { names } = await made(settings);
      return names("Job").find((name) => name.startsWith("thebot-postgres-backup-before-"));
    };
    expect(await jobName("thebot:1")).toMatch(/-[0-9a-f]{8}$/);
    expect(await jobName("thebot:2")).not.toBe(await jobName("thebot:1"));
    const migration = declared("{ backup: { beforeMigration: true } }").workloads.find(
      ({ name }) => name === "thebot-migrate",
    );
    expect(migration).toMatchObject({ after: [{ name: "thebot-postgres-backup-before" }] });
  });
});

describe("a system that is not", () => {
  test("has none of it, and its servers are as they were", async () => {
    const [without, withBackups] = await Promise.all([made("{}"), backedUp]);
    expect(without.names("CronJob")).toEqual([]);
    expect(without.object("PersistentVolumeClaim", "thebot-server-backups")).toBeUndefined();
    const setup = (of: typeof without) => of.object("ConfigMap", "thebot-postgres-setup").data["setup.sql"];
    expect(setup(without)).not.toContain("superuser");
    // So that the backups get in on a volume that an older stack has left.
    expect(setup(withBackups)).toContain("ALTER ROLE postgres PASSWORD :'superuser'");
  });
});

describe("backups of what others run", () => {
  const database = "managedDatabase: { host: db.internal, database: app, user: app }";

  test.each([
    [`{ ${database}, managedRedis: { host: cache.internal }, backup: {} }`, "backup"],
    [`{ ${database}, backup: { beforeMigration: true } }`, "backup.beforeMigration"],
  ])("are refused: %s", (settings, path) => {
    using directory = new StackDirectory();
    const message = directory.messageOf(`config: { muster:thebot: ${settings} }`);
    expect(message).toContain(`muster:thebot.${path}`);
    expect(message).toContain("has nothing to back up");
  });

  test("leave those of the other server", async () => {
    const { names } = await made(`{ ${database}, backup: {} }`);
    expect(names("CronJob")).toEqual(["thebot-redis-backup"]);
  });
});
