import { describe, expect, onTestFinished, test } from "vitest";
import { backUp } from "../../commands/backup/back-up";
import type { BackedUp } from "../../commands/backup/backed-up";
import { backupsIn, sizeInWords } from "../../commands/backup/in-words";
import { databaseName, restoreBeside, swapIn } from "../../commands/restore/postgresql";
import { restoreOver } from "../../commands/restore/redis";
import type { BackedUpServer } from "../../components/backup";
import { thebot } from "../../systems/thebot";
import { BackupCluster } from "./backup-cluster";
import { BackupPod } from "./backup-pod";
import { objectsOf } from "./objects-of";
import { PostgresqlServer, postgresqlInstalled } from "./postgresql-server";
import { RedisServer, redisInstalled } from "./redis-server";
import { StackDirectory } from "./stack-directory";

// What `npm run backup` and `npm run restore` do, on real servers: only the cluster between is a stand-in.

async function clusterOf(kind: BackedUpServer["kind"]) {
  using directory = new StackDirectory();
  const declared = thebot(directory.parse("config: { muster:thebot: { backup: {} } }").thebot!);
  const server = declared.workloads.find((each) => each.kind === kind) as BackedUpServer;
  const cronJob = `${server.name}-backup`;
  const secrets = { values: {}, missing: [], generated: {} };
  const object = (await objectsOf(declared, { secrets })).object("CronJob", cronJob);
  const backedUp: BackedUp = { system: "thebot", namespace: "thebot-dev", server, cronJob, hasBucket: false };
  let pod: BackupPod | undefined;
  let volume = "";
  const cluster = await BackupCluster.serving(object, (args) => {
    const { succeeded, stdout, stderr } = pod!.run(args.map((each) => each.replace("/restored", volume)));
    return { succeeded, log: stdout + stderr };
  });
  onTestFinished(() => {
    cluster.close();
    pod?.delete();
  });
  const reaches = (port: number, password: string, data = "") => {
    pod = new BackupPod(server, { port, password });
    volume = data;
  };
  return { cluster, backedUp, server, reaches };
}

function listener() {
  const said: string[] = [];
  return { said, say: (line: string) => void said.push(line) };
}

test.skipIf(!postgresqlInstalled)(
  "PostgreSQL: back up, lose, restore, and back again (needs its server)",
  async () => {
    const { cluster, backedUp, server, reaches } = await clusterOf("postgresql");
    if (server.kind !== "postgresql") throw new Error("another server");
    const postgresql = await PostgresqlServer.create(server);
    onTestFinished(() => postgresql.delete());
    await postgresql.start("password-1", "superuser-1");
    reaches(postgresql.port, "superuser-1");
    const ask = (sql: string) => postgresql.application("password-1", sql);
    const { said, say } = listener();

    ask("CREATE TABLE lesson (title text)");
    ask("INSERT INTO lesson VALUES ('one')");
    expect(await backUp(cluster.api, backedUp, say)).toMatch(/^made \S+\.dump, \d+(\.\d)? KiB, in \d+ s$/);
    ask("DELETE FROM lesson");
    await restoreBeside(cluster.api, backedUp, { from: "latest", into: "thebot_restored" }, say);
    expect(ask("SELECT count(*) FROM lesson")).toBe("0");
    const kept = await swapIn(cluster.api, backedUp, server, "thebot_restored", say);
    expect(ask("SELECT count(*) FROM lesson")).toBe("1");
    expect(said).toEqual([
      "Backup latest is restored into the new database thebot_restored …",
      "Database thebot_restored is whole.",
      "thebot_restored takes the place of thebot; whoever is connected is disconnected …",
      `thebot is the restored database. What it was is kept as database ${kept}.`,
    ]);
    await swapIn(cluster.api, backedUp, server, kept, say);
    expect(ask("SELECT count(*) FROM lesson")).toBe("0");

    const wrong = restoreBeside(cluster.api, backedUp, { from: "yesterday", into: "other" }, say);
    await expect(wrong).rejects.toThrow("There is no backup yesterday.");

    // A run of the CronJob's own kind counts as one of its runs, and no other does.
    const owned = cluster.jobs.map(({ metadata, spec }) => [
      metadata.ownerReferences?.[0].name,
      spec.template.spec.containers[0].args[0],
    ]);
    expect(owned).toEqual([
      ["thebot-postgres-backup", "run"],
      [undefined, "restore"],
      [undefined, "swap"],
      [undefined, "swap"],
      [undefined, "restore"],
    ]);
  },
);

test.skipIf(!redisInstalled)("Redis: back up, lose, restore in its place (needs redis-server)", async () => {
  const { cluster, backedUp, server, reaches } = await clusterOf("redis");
  if (server.kind !== "redis") throw new Error("another server");
  const redis = await RedisServer.start(server, "correct-horse");
  onTestFinished(() => redis.stop());
  redis.authenticated("CONFIG", "SET", "repl-diskless-sync-delay", "0");
  reaches(redis.port, "correct-horse", redis.directory);
  // Scaled down it ends, and scaled up it starts on what is there then.
  let startAgain = () => {};
  let ended: Promise<void>;
  cluster.scale = async (replicas) => {
    if (replicas === 0)
      await new Promise<void>((stopped) => {
        ended = redis.without(
          () =>
            new Promise((resolve) => {
              startAgain = resolve;
              stopped();
            }),
        );
      });
    else {
      startAgain();
      await ended;
    }
  };
  const { said, say } = listener();

  redis.authenticated("RPUSH", "celery", "task");
  await backUp(cluster.api, backedUp, say);
  redis.authenticated("FLUSHALL");
  await restoreOver(cluster.api, backedUp, "latest", say);
  expect(redis.authenticated("LRANGE", "celery", "0", "-1")).toBe("task");
  expect(said.at(-1)).toBe("thebot-redis runs on the restored data.");
  expect(cluster.jobs.at(-1)!.spec.template.spec.volumes).toContainEqual({
    name: "restored",
    persistentVolumeClaim: { claimName: "data-thebot-redis-0" },
  });

  // One that fails leaves Redis as it was, and running.
  await expect(restoreOver(cluster.api, backedUp, "yesterday", say)).rejects.toThrow("no backup yesterday");
  expect(redis.authenticated("LRANGE", "celery", "0", "-1")).toBe("task");
});

describe("what a backup's pod prints", () => {
  test("is read line by line", () => {
    const lines = ["removed 2020-01-01T00-00-00Z.dump", "made 2026-01-02T03-04-05Z.dump 1234567"];
    expect(backupsIn(lines, "made")).toEqual([{ name: "2026-01-02T03-04-05Z.dump", bytes: 1_234_567 }]);
    expect(backupsIn(["2026-01-02T03-04-05Z.rdb 88"])).toEqual([
      { name: "2026-01-02T03-04-05Z.rdb", bytes: 88 },
    ]);
  });

  test.each([
    [0, "0 bytes"],
    [1023, "1023 bytes"],
    [1536, "1.5 KiB"],
    [5 * 1024 ** 3, "5.0 GiB"],
    [300 * 1024 ** 3, "300 GiB"],
  ])("%i bytes are %s", (bytes, words) => {
    expect(sizeInWords({ name: "x", bytes })).toBe(words);
  });
});

test("the name of one more database fits PostgreSQL, whatever the first is called", () => {
  const now = new Date("2026-01-02T03:04:05Z");
  expect(databaseName("thebot", "until", now)).toBe("thebot_until_20260102030405000");
  expect(databaseName("a".repeat(63), "restored", now)).toHaveLength(55);
});
