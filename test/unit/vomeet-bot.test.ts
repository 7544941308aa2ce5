import { describe, expect, it } from "vitest";
import { StackDirectory } from "./stack-directory";

const stack = (settings: string) => `config:\n  muster:vomeet-bot: ${settings}\n`;

it("fills in the document's defaults, and a Redis of its own", () => {
  using directory = new StackDirectory();
  expect(directory.parse(stack("{}"))["vomeet-bot"]).toEqual({
    stack: "dev",
    namespace: "vomeet-bot-dev",
    adopt: false,
    leaves: [],
    image: {
      bot: "ghcr.io/voltade/vomeet-bot:production",
      botManager: "ghcr.io/voltade/vomeet-bot-manager:stable",
      pullPolicy: "Always",
    },
    imagePullSecrets: [],
    bot: {
      resources: { requests: { cpu: "1000m", memory: "2Gi" }, limits: { cpu: "4000m", memory: "8Gi" } },
      activeDeadlineSeconds: 7200,
      ttlSecondsAfterFinished: 300,
      maxRunning: 10,
      terminationGracePeriodSeconds: 60,
      safeToEvict: false,
      podAnnotations: {},
      serviceAccount: { annotations: {} },
      placement: {},
      imagePullSecrets: [],
    },
    botManager: {
      scale: { replicas: 1 },
      timeoutSeconds: 600,
      resources: { requests: { cpu: "200m", memory: "512Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
      callers: [],
      probes: expect.objectContaining({
        liveness: { initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
      }),
      terminationGracePeriodSeconds: 60,
      safeToEvict: true,
      podAnnotations: {},
      serviceAccount: { annotations: {} },
      placement: {},
      imagePullSecrets: [],
    },
    placement: {},
    smoke: { image: "curlimages/curl:8.16.0" },
    redis: expect.objectContaining({ image: "redis:7-alpine", maxMemoryPolicy: "noeviction" }),
    database: { host: "vomeet-cnpg-rw.vomeet", port: 5432, name: "vomeet", user: "vomeet" },
    collector: { host: "vomeet-transcription-collector.vomeet", port: 8000 },
    secrets: { values: {}, missing: ["whisper-live-url", "db-password", "admin-token"], generated: {} },
    files: {},
  });
});

it("lives in vomeet-bot in prod, in vomeet-bot-staging in staging", () => {
  using directory = new StackDirectory();
  const namespace = (name: string) => directory.parse(stack("{}"), { stack: name })["vomeet-bot"]?.namespace;
  expect([namespace("prod"), namespace("staging")]).toEqual(["vomeet-bot", "vomeet-bot-staging"]);
});

it("with a Redis elsewhere it has none of its own, and asks for its URL", () => {
  using directory = new StackDirectory();
  const elsewhere = stack("{ externalRedis: { namespace: vomeet, port: 6379 } }");
  const { redis, secrets } = directory.parse(elsewhere)["vomeet-bot"]!;
  expect(redis).toBeUndefined();
  expect(secrets.missing).toEqual(["redis-url", "whisper-live-url", "db-password", "admin-token"]);
  const { errors, message } = directory.refusal(elsewhere, { local: false });
  expect(errors.map(({ path }) => path)).toEqual([
    "vomeet-bot:redis-url",
    "vomeet-bot:whisper-live-url",
    "vomeet-bot:db-password",
    "vomeet-bot:admin-token",
  ]);
  expect(message).toContain("pulumi config set --secret vomeet-bot:redis-url --stack dev");
});

it("a workload's placement takes the place of the system's, key by key", () => {
  using directory = new StackDirectory();
  const { bot, botManager, redis } = directory.parse(
    stack(
      "{ placement: { nodeSelector: { pool: apps } }, bot: { placement: { nodeSelector: { pool: bots } } } }",
    ),
  )["vomeet-bot"]!;
  expect(bot.placement).toEqual({ nodeSelector: { pool: "bots" } });
  expect(botManager.placement).toEqual({ nodeSelector: { pool: "apps" } });
  expect(redis?.placement).toEqual({ nodeSelector: { pool: "apps" } });
});

it.each([
  ["externalRedis: { namespace: vomeet, port: 6379 }", "redis-url", "redis://:a@redis.vomeet:6379/0"],
  ["externalRedis: { namespace: vomeet, port: 6379 }", "redis-url", "redis://redis.vomeet.svc.cluster.local"],
  ["externalRedis: { cidrs: [10.2.0.0/16], port: 6379 }", "redis-url", "redis://10.2.3.4:6379"],
  ["externalRedis: { cidrs: [10.2.0.0/16], port: 6379 }", "redis-url", "redis://cache.internal:6379"],
  ["whisperLive: { namespace: vomeet, port: 8000 }", "whisper-live-url", "ws://whisperlive.vomeet:8000/ws"],
  ["bot: {}", "whisper-live-url", "wss://whisper.example.com/ws"],
])("takes %s: %s %s", (line, key, url) => {
  using directory = new StackDirectory();
  const values = { [`vomeet-bot:${key}`]: url };
  const secretKeys = new Set(Object.keys(values));
  const parsed = directory.parse(stack(`\n    ${line}`), { values, secretKeys });
  expect(parsed["vomeet-bot"]?.secrets.values).toEqual({ [key]: url });
});

describe("refuses", () => {
  it.each([
    ["image: { bot: ghcr.io/voltade/vomeet-bot }", "image.bot", /has no tag/],
    [`image: { bot: "ghcr.io/voltade/vomeet-bot@sha256:${"a".repeat(64)}" }`, "image.bot", /has no tag/],
    ["image: { tag: production }", "image.tag", /not a key.*nearest is bot/],
    ["bot: { activeDeadlineSeconds: 2h }", "bot.activeDeadlineSeconds", /not a whole number/],
    ["bot: { ttlSecondsAfterFinished: -1 }", "bot.ttlSecondsAfterFinished", /less than 0/],
    ["bot: { resources: { requests: { memory: 9Gi } } }", "bot.resources.limits.memory", /requested, 9Gi/],
    ["bot: { maxRunning: 0 }", "bot.maxRunning", /less than 1/],
    ["bot: { placement: { tolerations: [{ value: x }] } }", "bot.placement.tolerations[0].operator", /key/],
    [
      "botManager: { replicas: 2, autoscaling: { minReplicas: 2, maxReplicas: 4 } }",
      "botManager.replicas",
      /fight the autoscaler/,
    ],
    ["botManager: { callers: [Vomeet] }", "botManager.callers[0]", /capital letters/],
    ["externalRedis: { port: 6379 }", "externalRedis.namespace", /neither the namespace nor.*cidrs/],
    ["externalRedis: { namespace: vomeet }", "externalRedis.port", /missing/],
    [
      "externalRedis: { namespace: vomeet, cidrs: [10.0.0.0/8], port: 6379 }",
      "externalRedis.cidrs",
      /says again where it lies/,
    ],
    ["whisperLive: { cidrs: [10.1.2.3/8], port: 8000 }", "whisperLive.cidrs[0]", /within the range/],
    ["database: { host: postgres }", "database.host", /says no namespace/],
    ["collector: { host: collector.example.com }", "collector.host", /says no namespace/],
    [
      "redis: {}\n    externalRedis: { namespace: vomeet, port: 6379 }",
      "redis",
      /used by nobody.*externalRedis/,
    ],
  ])("%s", (line, path, because) => {
    using directory = new StackDirectory();
    const { errors } = directory.refusal(stack(`\n    ${line}`));
    expect(errors).toMatchObject([
      {
        file: "Pulumi.dev.yaml",
        path: `muster:vomeet-bot.${path}`,
        message: expect.stringMatching(because),
      },
    ]);
  });

  it("a URL that is in plain text, or that nothing reads", () => {
    using directory = new StackDirectory();
    const values = {
      "vomeet-bot:redis-url": "redis://:s3cret@a",
      "vomeet-bot:whisper-live-url": "ws://s3cret",
    };
    const secretKeys = new Set(["vomeet-bot:redis-url"]);
    const { errors, message } = directory.refusal(stack("{}"), { values, secretKeys });
    expect(errors).toMatchObject([
      { path: "vomeet-bot:redis-url", message: expect.stringMatching(/without.*externalRedis/) },
      { path: "vomeet-bot:whisper-live-url", message: expect.stringMatching(/plain text/) },
    ]);
    expect(message).not.toContain("s3cret");
  });

  it.each([
    [
      "externalRedis: { namespace: vomeet, port: 6379 }",
      "redis-url",
      "redis://:s3cret@redis:6379/0",
      /own namespace/,
    ],
    [
      "externalRedis: { namespace: vomeet, port: 6379 }",
      "redis-url",
      "redis://:s3cret@redis.other:6379/0",
      /not in namespace vomeet/,
    ],
    [
      "externalRedis: { namespace: vomeet, port: 6379 }",
      "redis-url",
      "redis://:s3cret@redis.vomeet:6380",
      /port 6380.*opens 6379/,
    ],
    [
      "externalRedis: { cidrs: [10.2.0.0/16], port: 6379 }",
      "redis-url",
      "redis://:s3cret@10.3.0.1:6379",
      /outside what the network opens, 10.2.0.0\/16/,
    ],
    [
      "externalRedis: { cidrs: [10.2.0.0/16], port: 6379 }",
      "redis-url",
      "redis:6379,password=s3cret",
      /no host/,
    ],
    [
      "whisperLive: { namespace: vomeet, port: 8000 }",
      "whisper-live-url",
      "ws://s3cret:8000/ws",
      /own namespace/,
    ],
    ["bot: {}", "whisper-live-url", "ws://s3cret.example.com:8000/ws", /port 8000.*opens 443/],
    ["bot: {}", "whisper-live-url", "wss://10.1.2.3/s3cret", /private address/],
    ["bot: {}", "whisper-live-url", "wss://s3cret.vomeet.svc/ws", /public addresses alone/],
  ])("%s: %s that leads elsewhere", (line, key, url, because) => {
    using directory = new StackDirectory();
    const values = { [`vomeet-bot:${key}`]: url };
    const secretKeys = new Set(Object.keys(values));
    const { errors, message } = directory.refusal(stack(`\n    ${line}`), { values, secretKeys });
    expect(errors).toMatchObject([
      {
        path: `vomeet-bot:${key}`,
        message: expect.stringMatching(because),
        mend: `pulumi config set --secret vomeet-bot:${key} --stack dev`,
      },
    ]);
    expect(message).not.toContain("s3cret");
  });

  it("a namespace that another system has", () => {
    using directory = new StackDirectory();
    const { errors } = directory.refusal(
      "config: { muster:agentsmith: { namespace: bots }, muster:vomeet-bot: { namespace: bots } }",
    );
    expect(errors).toMatchObject([{ path: "muster:vomeet-bot.namespace" }]);
  });
});
