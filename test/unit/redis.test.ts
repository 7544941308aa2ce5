import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { redisConfig, redisPod, redisWorkload } from "../../components/redis";

const installed = spawnSync("redis-server", ["--version"]).status === 0;

// The configuration and the probes that Muster gives to Redis, with a real redis-server: only paths and port differ.
describe.skipIf(!installed)("Redis as Muster configures it (needs redis-server on PATH)", () => {
  const redis = redisWorkload({
    name: "redis",
    image: "redis:7-alpine",
    maxMemory: "256mb",
    maxMemoryPolicy: "allkeys-lru",
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "384Mi" } },
  });
  const directory = mkdtempSync(join(tmpdir(), "muster-redis-"));
  let port: number;
  let server: ReturnType<typeof spawn>;

  beforeAll(async () => {
    port = await freePort();
    const config = redisConfig(redis)
      .files["redis.conf"]!.replace("/etc/redis-auth", directory)
      .replace("/data", directory)
      .replace("port 6379", `port ${port}`)
      .replace("bind * -::*", "bind 127.0.0.1");
    writeFileSync(join(directory, "auth.conf"), "requirepass correct-horse\n");
    writeFileSync(join(directory, "redis.conf"), config);
    server = spawn("redis-server", [join(directory, "redis.conf")], { stdio: "ignore" });
    for (let left = 100; left > 0 && cli("PING") === ""; left--) await setTimeout(50);
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill();
    await ended;
    rmSync(directory, { recursive: true });
  });

  test("nobody gets in without the password", () => {
    expect(cli("GET", "key")).toMatch(/NOAUTH/);
    expect(cli("AUTH", "wrong")).toMatch(/WRONGPASS/);
    expect(authenticated("SET", "key", "value")).toBe("OK");
  });

  test("it keeps 256 MiB and evicts by its policy", () => {
    expect(authenticated("CONFIG", "GET", "maxmemory")).toBe(`maxmemory\n${256 * 1024 * 1024}`);
    expect(authenticated("CONFIG", "GET", "maxmemory-policy")).toBe("maxmemory-policy\nallkeys-lru");
  });

  test("it writes nothing to disk, as nothing of it is to outlive the pod", () => {
    expect(authenticated("CONFIG", "GET", "save")).toBe("save");
    expect(authenticated("CONFIG", "GET", "appendonly")).toBe("appendonly\nno");
  });

  test("the probes succeed with the password and fail without", () => {
    const { check } = redisPod(redis).readiness!;
    if (!("command" in check)) throw new Error("the readiness probe of Redis is a command");
    const [shell, ...args] = check.command.map((word) => word.replace("6379", `${port}`));
    const probe = (password: string) =>
      spawnSync(shell!, args, { env: { ...process.env, REDISCLI_AUTH: password } }).status;
    expect(probe("correct-horse")).toBe(0);
    expect(probe("")).not.toBe(0);
    expect(probe("wrong")).not.toBe(0);
  });

  function cli(...args: string[]): string {
    return run(args, {});
  }

  function authenticated(...args: string[]): string {
    return run(args, { REDISCLI_AUTH: "correct-horse" });
  }

  function run(args: string[], env: Record<string, string>): string {
    const { stdout } = spawnSync("redis-cli", ["-p", `${port}`, ...args], {
      env: { ...process.env, ...env },
    });
    return stdout.toString().trim();
  }
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
