import { z } from "zod";
import { type Opened, publicly } from "./reachable";
import { type DeclaredSecret, required } from "./secrets";
import type { SystemConfig } from "./system";
import { cidr } from "./values/cidr";
import { contradiction } from "./values/contradiction";
import { image } from "./values/image";
import { jobQueue } from "./values/job-queue";
import { list } from "./values/list";
import { namespaceName } from "./values/name";
import { placement } from "./values/placement";
import { port } from "./values/port";
import { pullSecrets } from "./values/pull-secrets";
import { redis } from "./values/redis";
import { resources } from "./values/resources";
import { integer, oneOf } from "./values/scalar";
import { isPlaced, server } from "./values/server";
import { sqlName } from "./values/sql-name";
import { systemShape } from "./values/system-shape";
import {
  oneScale,
  oneScaleMeta,
  podShape,
  waitsForTheOld,
  withScale,
  workloadShape,
} from "./values/workload";

const images = z.strictObject({
  bot: image({ tagged: true })
    .describe("The image of a bot; the bot-manager is told its repository and its tag.")
    .prefault("ghcr.io/voltade/vomeet-bot:production"),
  botManager: image()
    .describe("The image of the bot-manager.")
    .prefault("ghcr.io/voltade/vomeet-bot-manager:stable"),
  pullPolicy: oneOf(["Always", "IfNotPresent", "Never"])
    .describe("When images are pulled: Always for tags that move, such as production and staging.")
    .prefault("Always"),
});

const bot = z.strictObject({
  resources: resources({
    requests: { cpu: "1000m", memory: "2Gi" },
    limits: { cpu: "4000m", memory: "8Gi" },
  })
    .describe("The size of a bot. Default: the document's for production.")
    .prefault({}),
  activeDeadlineSeconds: integer({ min: 60, max: 604800, unit: "seconds" })
    .describe("How long a bot may stay in a meeting before it is stopped.")
    .prefault(7200),
  ttlSecondsAfterFinished: integer({ min: 0, max: 2147483647, unit: "seconds" })
    .describe("How long a finished Job and its logs are kept.")
    .prefault(300),
  maxRunning: integer({ min: 1, max: 1000 })
    .describe("How many bots may be in meetings at once; more wait.")
    .prefault(10),
  queue: jobQueue(),
  // A bot leaves its meeting, and tells the bot-manager in up to three tries of 5 s.
  ...podShape("bots", { safeToEvict: false, terminationGracePeriodSeconds: 60 }),
});

const botManagerDefaults = {
  resources: { requests: { cpu: "200m", memory: "512Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
  // It answers nobody while it waits for the API server.
  probes: {
    liveness: { initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
    readiness: { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 3 },
  },
  // It deletes a bot's Job 30 s after it has told the bot to leave, and ends no sooner.
  terminationGracePeriodSeconds: 60,
};
const botManager = z
  .strictObject({
    ...workloadShape("bot-managers", botManagerDefaults),
    callers: list(namespaceName())
      .describe("Namespaces whose pods may ask for bots, such as that of Vomeet's API gateway.")
      .prefault([]),
  })
  .superRefine(oneScale)
  .superRefine(waitsForTheOld)
  .meta(oneScaleMeta)
  .transform(withScale(botManagerDefaults));

const redisConfig = redis({
  maxMemory: "256mb",
  // A command to a bot that leaves the bus unread is a bot that never leaves its meeting.
  maxMemoryPolicy: "noeviction",
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "384Mi" } },
  probes: {
    liveness: { initialDelaySeconds: 10, periodSeconds: 15, timeoutSeconds: 3 },
    readiness: { initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 3 },
  },
});

/** Where a server lies that Muster does not run. Refused: both of namespace and cidrs, and neither. */
const place = () =>
  z
    .strictObject({
      namespace: namespaceName()
        .describe("The namespace of the cluster that it runs in; or cidrs.")
        .optional(),
      cidrs: list(cidr(), { least: 1 }).describe("The addresses that it has; or namespace.").optional(),
      port: port().describe("The port that its pods, or those addresses, listen on."),
    })
    .superRefine((place, context) => {
      const { namespace, cidrs } = place;
      const accepts = "either the namespace that it runs in, or the cidrs of its addresses";
      if (namespace === undefined && cidrs === undefined)
        contradiction(context, {
          path: ["namespace"],
          input: place,
          message: "says neither the namespace nor the addresses",
          accepts,
          beside: ["cidrs"],
        });
      if (namespace !== undefined && cidrs !== undefined)
        contradiction(context, {
          path: ["cidrs"],
          input: cidrs,
          message: "says again where it lies",
          accepts,
          beside: ["namespace"],
        });
    })
    .meta({ oneOf: [{ required: ["namespace"] }, { required: ["cidrs"] }] });

// What the bot-manager does not start without, and where Vomeet's own chart has it.
const database = server({ host: "vomeet-cnpg-rw.vomeet", port: 5432 }).extend({
  name: sqlName().describe("The database (DB_NAME).").prefault("vomeet"),
  user: sqlName().describe("Its user (DB_USER).").prefault("vomeet"),
});

const collector = server({ host: "vomeet-transcription-collector.vomeet", port: 8000 });

/** `muster:vomeet-bot`. */
const vomeetBotConfig = z
  .strictObject({
    ...systemShape("vomeet-bot"),
    image: images.describe("The system's own images.").prefault({}),
    imagePullSecrets: pullSecrets(),
    bot: bot.describe("The Job that takes part in one meeting.").prefault({}),
    botManager: botManager.describe("The service that starts and stops bots.").prefault({}),
    redis: redisConfig
      .describe("The Redis of the system's own, where there is no externalRedis: REDIS_URL is composed.")
      .optional(),
    externalRedis: place()
      .describe("Where the Redis of the secret redis-url lies. Left out: the system has its own.")
      .optional(),
    whisperLive: place()
      .describe("Where the WhisperLive of the secret whisper-live-url lies. Default: the internet, on 443.")
      .optional(),
    database: database
      .superRefine(isPlaced)
      .describe("Vomeet's PostgreSQL, which the bot-manager works on; its admin API makes the tables.")
      .prefault({}),
    collector: collector
      .superRefine(isPlaced)
      .describe("Vomeet's transcription collector, which the bot-manager asks after a meeting.")
      .prefault({}),
    placement: placement().describe("Which nodes the system's pods may go to.").prefault({}),
  })
  .superRefine(({ redis, externalRedis }, context) => {
    if (redis === undefined || externalRedis === undefined) return;
    contradiction(context, {
      path: ["redis"],
      input: redis,
      message: "would be used by nobody beside another Redis",
      accepts: "either redis or externalRedis",
      beside: ["externalRedis"],
    });
  })
  .meta({ not: { required: ["redis", "externalRedis"] } })
  .transform(({ redis, ...config }) => ({
    ...config,
    redis: config.externalRedis ? undefined : (redis ?? redisConfig.parse({})),
  }));

/** The secrets that the operator supplies; `redis-url` is composed where the system has a Redis of its own. */
export const vomeetBotSecrets = {
  "redis-url": {
    required: true,
    description: "The URL of the Redis for commands to bots, password included (redis://:…@host:6379/0).",
    neededBy: "the bot-manager and its bots, which hear each other over it",
    when: "externalRedis",
  },
  "whisper-live-url": {
    required: true,
    description: "The WebSocket URL of WhisperLive (ws://whisperlive:8000/ws).",
    neededBy: "every bot, which sends it what is said",
  },
  "db-password": required(
    "The password of Vomeet's database.",
    "the bot-manager, which does not start without",
  ),
  "admin-token": required(
    "The token of Vomeet's admin API, by which the collector knows the tokens of meetings.",
    "the bot-manager, to sign the token of each meeting",
  ),
} satisfies Record<string, DeclaredSecret>;

const redisPassword = {
  "redis-password": {
    ...required("The password of the system's own Redis.", "redis-url"),
    ownServer: true,
  },
} satisfies Record<string, DeclaredSecret>;

export const vomeetBot = {
  description: "vomeet-bot: a bot-manager that sends bots to meetings as Jobs.",
  schema: vomeetBotConfig,
  secrets: { ...vomeetBotSecrets, ...redisPassword },
  files: {},
  opened: ({ externalRedis, whisperLive }: z.output<typeof vomeetBotConfig>) => ({
    "redis-url": externalRedis && openedAt(externalRedis),
    "whisper-live-url": whisperLive ? openedAt(whisperLive) : publicly(443),
  }),
} as const;

function openedAt({ namespace, cidrs, port }: z.output<ReturnType<typeof place>>): Opened {
  return namespace ? { namespace, ports: [port] } : { cidrs: cidrs!, ports: [port] };
}

export type VomeetBotConfig = SystemConfig<typeof vomeetBot>;
