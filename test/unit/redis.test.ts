import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SystemDeclaration } from "../../components/declaration";
import type { PodDeclaration } from "../../components/pod-template";
import { type RedisWorkload, redisPod, redisWorkload } from "../../components/redis";
import { agentsmith } from "../../systems/agentsmith";
import { rtcEgress } from "../../systems/rtc-egress";
import { thebot } from "../../systems/thebot";
import { wbot } from "../../systems/wbot";
import { RedisServer, redisInstalled } from "./redis-server";
import { StackDirectory } from "./stack-directory";

const timing = { periodSeconds: 5, timeoutSeconds: 3 };

describe.skipIf(!redisInstalled)("Redis as Muster configures it (needs redis-server on PATH)", () => {
  const redis = redisWorkload({
    imagePullSecrets: [],
    placement: {},
    name: "redis",
    image: "redis:7-alpine",
    maxMemory: "256mb",
    maxMemoryPolicy: "allkeys-lru",
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "384Mi" } },
    probes: { startup: timing, liveness: timing, readiness: timing },
  });
  let server: RedisServer;

  beforeAll(async () => {
    server = await RedisServer.start(redis);
  });
  afterAll(() => server.stop());

  test("nobody gets in without the password", () => {
    expect(server.cli("GET", "key")).toMatch(/NOAUTH/);
    expect(server.cli("AUTH", "wrong")).toMatch(/WRONGPASS/);
    expect(server.authenticated("SET", "key", "value")).toBe("OK");
  });

  test("it keeps 256 MiB and evicts by its policy", () => {
    expect(server.authenticated("CONFIG", "GET", "maxmemory")).toBe(`maxmemory\n${256 * 1024 * 1024}`);
    expect(server.authenticated("CONFIG", "GET", "maxmemory-policy")).toBe("maxmemory-policy\nallkeys-lru");
  });

  test("it writes nothing to disk, as nothing of it is to outlive the pod", () => {
    expect(server.authenticated("CONFIG", "GET", "save")).toBe("save");
    expect(server.authenticated("CONFIG", "GET", "appendonly")).toBe("appendonly\nno");
  });

  test("what it keeps is gone when its pod is, and the next one has the same password", async () => {
    server.authenticated("SET", "key", "value");
    await server.crash();
    expect(server.authenticated("GET", "key")).toBe("");
    expect(server.cli("GET", "key")).toMatch(/NOAUTH/);
  });

  test("the probes succeed with whatever password the pod started with, and as what they are nobody may do more", () => {
    const { check } = redisPod(redis).readiness!;
    if (!("command" in check)) throw new Error("the readiness probe of Redis is a command");
    const [shell, ...args] = check.command.map((word) => word.replace("6379", `${server.port}`));
    const probe = (password: string) =>
      spawnSync(shell!, args, { env: { ...process.env, REDISCLI_AUTH: password } }).status;
    expect(probe("correct-horse")).toBe(0);
    expect(probe("withdrawn-since")).toBe(0);
    const asProbe = ["--user", "health", "--pass", "any", "--no-auth-warning"];
    expect(server.cli(...asProbe, "GET", "key")).toMatch(/NOPERM/);
    expect(server.cli(...asProbe, "CONFIG", "GET", "requirepass")).toMatch(/NOPERM/);
  });
});

describe.skipIf(!redisInstalled)("a cache that is full (needs redis-server on PATH)", () => {
  let server: RedisServer;

  beforeAll(async () => {
    using directory = new StackDirectory();
    const stack =
      "config: { muster:agentsmith: { redis: { maxMemory: 3mb, maxMemoryPolicy: allkeys-lru } } }";
    server = await RedisServer.start(redisOf(agentsmith(directory.parse(stack).agentsmith!)));
  });
  afterAll(() => server.stop());

  test("takes what is new, and lets others go", () => {
    for (let page = 1; page <= 60; page++)
      expect(server.authenticated("SET", `page:${page}`, "x".repeat(100_000))).toBe("OK");
    expect(server.authenticated("EXISTS", "page:60")).toBe("1");
    expect(Number(server.authenticated("DBSIZE"))).toBeLessThan(30);
  });
});

describe.skipIf(!redisInstalled)("the Redis of thebot (needs redis-server on PATH)", () => {
  let server: RedisServer;

  beforeAll(async () => {
    using directory = new StackDirectory();
    const stack = "config: { muster:thebot: { redis: { maxMemory: 3mb } } }";
    server = await RedisServer.start(redisOf(thebot(directory.parse(stack).thebot!)));
  });
  afterAll(() => server.stop());

  test("has every task that it took when it comes back after a kill", async () => {
    for (let task = 1; task <= 20; task++) server.authenticated("RPUSH", "celery", `task ${task}`);
    await server.written();
    await server.crash();
    expect(server.authenticated("LRANGE", "celery", "0", "-1").split("\n")).toEqual(
      Array.from({ length: 20 }, (_, index) => `task ${index + 1}`),
    );
  });

  test("lets what expires go before a task, which never goes", () => {
    for (let page = 1; page <= 60; page++)
      expect(server.authenticated("SET", `cache:${page}`, "x".repeat(100_000), "EX", "3600")).toBe("OK");
    expect(Number(server.authenticated("DBSIZE"))).toBeLessThan(30);
    expect(server.authenticated("LLEN", "celery")).toBe("20");
  });
});

describe.skipIf(!redisInstalled)("the probes of a Redis on a volume (needs redis-server on PATH)", () => {
  let server: RedisServer;
  let pod: PodDeclaration;

  beforeAll(async () => {
    using directory = new StackDirectory();
    const redis = redisOf(thebot(directory.parse("config: { muster:thebot: {} }").thebot!));
    server = await RedisServer.start(redis);
    pod = redisPod(redis);
  });
  afterAll(() => server.stop());

  const probes = () => ({
    started: server.probe(pod.startup!),
    alive: server.probe(pod.liveness!),
    ready: server.probe(pod.readiness!),
  });
  const ping = () => server.authenticated("PING");
  const patience = { timeout: 60_000, interval: 20 };

  test("while it serves, all three succeed; when it is not there, none", async () => {
    expect(probes()).toEqual({ started: true, alive: true, ready: true });
    await server.without(async () => {
      expect(probes()).toEqual({ started: false, alive: false, ready: false });
    });
  });

  test("while it loads its append-only file, it is alive and not ready; then it serves", async () => {
    // Every task as a command of its own in the file, which Redis reads a thousand at a time.
    server.authenticated("EVAL", "for i = 1, 20000 do redis.call('RPUSH', 'tasks:' .. i, 'x') end", "0");
    await server.written();
    await server.crashOnto({ settings: ["--key-load-delay", "100"] });
    await expect.poll(ping, patience).toMatch(/^LOADING/);
    expect(probes()).toEqual({ started: true, alive: true, ready: false });
    await expect.poll(ping, patience).toBe("PONG");
    expect(probes()).toEqual({ started: true, alive: true, ready: true });
    expect(server.authenticated("DBSIZE")).toBe("20000");
  });

  test("while it runs a script for long, it is alive and not ready", async () => {
    server.authenticated("CONFIG", "SET", "busy-reply-threshold", "10");
    const script = server.begin("EVAL", "while true do end", "0");
    await expect.poll(ping, patience).toMatch(/^BUSY/);
    expect(probes()).toEqual({ started: true, alive: true, ready: false });
    expect(server.authenticated("SCRIPT", "KILL")).toBe("OK");
    await script;
    expect(probes().ready).toBe(true);
  });

  test("when its volume is full, it is alive and not ready, and no restart is tried", async () => {
    // A write past the limit fails, instead of ending the process.
    await server.crashOnto({ shell: "trap '' XFSZ; ulimit -f 2048" });
    await expect.poll(ping, patience).toBe("PONG");
    server.authenticated(
      "EVAL",
      "for i = 1, 40 do redis.call('SET', 'k' .. i, string.rep('x', 100000)) end",
      "0",
    );
    await expect.poll(ping, patience).toMatch(/^MISCONF/);
    expect(probes()).toEqual({ started: true, alive: true, ready: false });
  });
});

describe.skipIf(!redisInstalled)("the queue of rtc-egress (needs redis-server on PATH)", () => {
  let server: RedisServer;

  beforeAll(async () => {
    using directory = new StackDirectory();
    const stack = "config: { muster:rtc-egress: { redis: { maxMemory: 3mb } } }";
    server = await RedisServer.start(redisOf(rtcEgress(directory.parse(stack)["rtc-egress"]!)));
  });
  afterAll(() => server.stop());

  test("the notifier hears of every change of a task", async () => {
    const notifier = await server.subscribe("__keyspace@*__:egress:task:*");
    server.authenticated("SET", "egress:task:1", "ENQUEUED");
    server.authenticated("DEL", "egress:task:1");
    const heard = ["__keyspace@0__:egress:task:1 set", "__keyspace@0__:egress:task:1 del"];
    await expect.poll(() => notifier.events).toEqual(heard);
    notifier.stop();
  });

  test("when it is full it refuses a new task, and has every one that it took", () => {
    const task = "x".repeat(100_000);
    const answers: string[] = [];
    while (!answers.at(-1)?.startsWith("OOM") && answers.length < 100)
      answers.push(server.authenticated("RPUSH", "egress:record:channel", task));
    expect(answers.at(-1)).toMatch(/^OOM command not allowed/);
    expect(server.authenticated("LLEN", "egress:record:channel")).toBe(`${answers.length - 1}`);
    expect(answers.length).toBeGreaterThan(5);
  });
});

describe.skipIf(!redisInstalled)("the cache of wbot on a volume (needs redis-server on PATH)", () => {
  let server: RedisServer;

  beforeAll(async () => {
    using directory = new StackDirectory();
    const stack = "config: { muster:wbot: { redis: { maxMemory: 3mb, storage: { size: 1Gi } } } }";
    server = await RedisServer.start(redisOf(wbot(directory.parse(stack).wbot!)));
  });
  afterAll(() => server.stop());

  test("has what it kept when it comes back after a kill, and lets the oldest go when it is full", async () => {
    server.authenticated("SET", "embedding:1", "0.25");
    await server.written();
    await server.crash();
    expect(server.authenticated("GET", "embedding:1")).toBe("0.25");
    for (let number = 2; number <= 60; number++)
      expect(server.authenticated("SET", `embedding:${number}`, "x".repeat(100_000))).toBe("OK");
    expect(Number(server.authenticated("DBSIZE"))).toBeLessThan(30);
  });
});

/** The Redis that a system declares. */
function redisOf({ workloads }: SystemDeclaration): RedisWorkload {
  return workloads.find((workload) => workload.kind === "redis")!;
}
