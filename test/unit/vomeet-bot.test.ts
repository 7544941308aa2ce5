import { describe, expect, it } from "vitest";
import { StackDirectory } from "./stack-directory";

const stack = (settings: string) => `config:\n  muster:vomeet-bot: ${settings}\n`;

it("fills in the document's defaults, and a Redis of its own", () => {
  using directory = new StackDirectory();
  expect(directory.parse(stack("{}"))["vomeet-bot"]).toEqual({
    namespace: "vomeet-bot-dev",
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
      placement: {},
    },
    botManager: {
      scale: { replicas: 1 },
      timeoutSeconds: 600,
      resources: { requests: { cpu: "200m", memory: "512Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
      callers: [],
      placement: {},
    },
    redis: expect.objectContaining({ image: "redis:7-alpine", maxMemoryPolicy: "noeviction" }),
    secrets: { values: {}, missing: ["whisper-live-url"], generated: {} },
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
  expect(secrets.missing).toEqual(["redis-url", "whisper-live-url"]);
  const { errors, message } = directory.refusal(elsewhere, { local: false });
  expect(errors.map(({ path }) => path)).toEqual(["vomeet-bot:redis-url", "vomeet-bot:whisper-live-url"]);
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

  it("a namespace that another system has", () => {
    using directory = new StackDirectory();
    const { errors } = directory.refusal(
      "config: { muster:agentsmith: { namespace: bots }, muster:vomeet-bot: { namespace: bots } }",
    );
    expect(errors).toMatchObject([{ path: "muster:vomeet-bot.namespace" }]);
  });
});
