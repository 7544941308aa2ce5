import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { RedisWorkload } from "../../components/redis";
import { thebot } from "../../systems/thebot";
import { BackupPod } from "./backup-pod";
import { RedisServer, redisInstalled } from "./redis-server";
import { StackDirectory } from "./stack-directory";

const password = "correct-horse";

describe.skipIf(!redisInstalled)("backups of Redis (need redis-server)", () => {
  let redis: RedisWorkload;
  let server: RedisServer;
  let pod: BackupPod;

  async function startServer(): Promise<void> {
    server = await RedisServer.start(redis, password);
    // It would wait for others that want a copy as well.
    server.authenticated("CONFIG", "SET", "repl-diskless-sync-delay", "0");
  }

  beforeAll(async () => {
    using directory = new StackDirectory();
    const { workloads } = thebot(directory.parse("config: { muster:thebot: { backup: {} } }").thebot!);
    redis = workloads.find((workload) => workload.kind === "redis")!;
    await startServer();
    pod = new BackupPod(redis, { port: server.port, password });
  });
  afterAll(async () => {
    pod.delete();
    await server.stop();
  });

  test("what was written is there again after all but the backups was destroyed, and stays", async () => {
    server.authenticated("SET", "name", "déjà\r\nvu");
    server.authenticated("RPUSH", "celery", "task 1", "task 2");
    server.authenticated("SET", "session", "open", "EX", "86400");
    expect(pod.run(["run"])).toMatchObject({ succeeded: true });

    await server.stop();
    await startServer();
    pod.reach(server.port);
    server.authenticated("SET", "later", "1");
    await server.without(async () => {
      const restored = pod.run(["restore", "latest", server.directory, "appendonlydir-before"]);
      expect(restored).toMatchObject({ succeeded: true });
    });
    expect(server.authenticated("GET", "name")).toBe("déjà\r\nvu");
    expect(server.authenticated("LRANGE", "celery", "0", "-1")).toBe("task 1\ntask 2");
    expect(Number(server.authenticated("TTL", "session"))).toBeGreaterThan(80_000);
    expect(server.authenticated("EXISTS", "later")).toBe("0");
    expect(existsSync(join(server.directory, "appendonlydir-before"))).toBe(true);

    server.authenticated("RPUSH", "celery", "task 3");
    await server.written();
    await server.crash();
    server.authenticated("CONFIG", "SET", "repl-diskless-sync-delay", "0");
    expect(server.authenticated("LRANGE", "celery", "0", "-1")).toBe("task 1\ntask 2\ntask 3");
  });

  test("one that does not get in says why", () => {
    const others = new BackupPod(redis, { port: server.port, password: "wrong" });
    onTestFinished(() => others.delete());
    const { succeeded, stderr, stdout } = others.run(["run"]);
    expect(succeeded).toBe(false);
    expect(stdout + stderr).toContain("WRONGPASS");
    expect(others.files).toEqual([]);
  });

  test("one that finds no room leaves the last good one, and says why", () => {
    server.authenticated("SET", "large", randomBytes(20_000).toString("hex"));
    const before = pod.files;
    const { succeeded, stdout, stderr } = pod.run(["run"], { before: "trap '' XFSZ; ulimit -f 4" });
    expect(succeeded).toBe(false);
    expect(stdout + stderr).toContain("Error writing data to file");
    expect(pod.files).toEqual(before);
  });

  test("one that is damaged is not restored", () => {
    const volume = mkdtempSync(join(tmpdir(), "muster-redis-volume-"));
    onTestFinished(() => rmSync(volume, { recursive: true }));
    const [name] = pod.names;
    truncateSync(pod.path(name), 20);
    expect(pod.run(["restore", name!, volume, "before"]).succeeded).toBe(false);
    expect(readdirSync(volume)).toEqual([]);
  });
});
