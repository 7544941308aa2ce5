import { z } from "zod";
import { publicly } from "./reachable";
import { type DeclaredSecret, optional, required } from "./secrets";
import type { SystemConfig } from "./system";
import { image } from "./values/image";
import { ingress } from "./values/ingress";
import { eitherOf, managedRedis } from "./values/managed";
import { placement } from "./values/placement";
import { pullSecrets } from "./values/pull-secrets";
import { redisFits, redisShape } from "./values/redis";
import { flag, oneOf, text } from "./values/scalar";
import { storage } from "./values/storage";
import { systemShape } from "./values/system-shape";
import { workload } from "./values/workload";

const images = z.strictObject({
  ai: image().describe("The image of the AI backend.").prefault("wbot-ai:latest"),
  web: image().describe("The image of the web frontend.").prefault("wbot-web:latest"),
  pullPolicy: oneOf(["Always", "IfNotPresent", "Never"])
    .describe("When images are pulled: Always where a tag is built anew, Never for images built on the node.")
    .prefault("IfNotPresent"),
});

// Sizes and replicas of the three services: the system's document, "Per-Service Resources".
const ai = workload("AI backends", {
  resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { cpu: "2000m", memory: "2Gi" } },
  scale: { replicas: 2 },
  probes: {
    liveness: { initialDelaySeconds: 30, periodSeconds: 30, timeoutSeconds: 10 },
    readiness: { initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5 },
  },
  // Answers are streams: those that run when a pod is stopped get a minute to end.
  terminationGracePeriodSeconds: 60,
});

const web = workload("web frontends", {
  resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
  scale: { replicas: 2 },
  probes: {
    liveness: { initialDelaySeconds: 15, periodSeconds: 20, timeoutSeconds: 5 },
    readiness: { initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 3 },
  },
});

const cache = z
  .strictObject({
    ...redisShape({
      maxMemory: "384mb",
      maxMemoryPolicy: "allkeys-lru",
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      probes: {
        liveness: { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 3 },
        readiness: { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 3 },
      },
    }),
    storage: storage("1Gi").describe("A volume that it is written to. Default: memory alone.").optional(),
  })
  .superRefine(redisFits);

const langsmith = z.strictObject({
  tracing: flag().describe("Whether runs are traced (LANGSMITH_TRACING).").prefault(false),
  project: text({
    name: "the name of a LangSmith project",
    rule: "at most 128 letters, digits, spaces, -, _ and .",
    example: "wbot-wellness",
    pattern: /^[A-Za-z0-9](?:[-A-Za-z0-9 _.]{0,126}[A-Za-z0-9])?$/,
  })
    .describe("The project that traces go to (LANGSMITH_PROJECT).")
    .prefault("wbot-wellness"),
});

/** `muster:wbot`. */
const wbotConfig = z
  .strictObject({
    ...systemShape("wbot"),
    image: images.describe("The system's own images.").prefault({}),
    imagePullSecrets: pullSecrets(),
    ai: ai.describe("The AI backend, which answers over server-sent events.").prefault({}),
    web: web.describe("The web frontend.").prefault({}),
    redis: cache
      .describe("The cache of embeddings, which may lose its content. Not together with managedRedis.")
      .optional(),
    managedRedis: managedRedis()
      .describe("A Redis that somebody else runs, in place of the system's own.")
      .optional(),
    langsmith: langsmith.describe("Tracing with LangSmith.").prefault({}),
    // Of the document: streams of an hour, ten requests a second.
    ingress: ingress({ timeoutSeconds: 3600, requestsPerSecond: 10 })
      .describe("The way in from outside: /api and /health to the AI backend, the rest to the web frontend.")
      .optional(),
    placement: placement().describe("Which nodes the system's pods may go to.").prefault({}),
  })
  .superRefine(eitherOf("redis", "managedRedis"))
  .meta({ not: { required: ["redis", "managedRedis"] } })
  .transform(({ redis: ownRedis = cache.parse({}), ...config }) => ({ ...config, redis: ownRedis }));

/** The secrets that the operator supplies, by their keys in `wbot-secrets`; `REDIS_URL` is composed. */
export const wbotSecrets = {
  SUPABASE_URL: required("The address of the Supabase project.", "the AI backend and the web frontend"),
  SUPABASE_ANON_KEY: required("The anonymous key of the Supabase project.", "the web frontend"),
  SUPABASE_SERVICE_KEY: required(
    "The service key of the Supabase project, which row-level security does not hold back.",
    "the AI backend",
  ),
  DATABASE_URI: required("The URI of Supabase's PostgreSQL.", "the AI backend, to keep conversations"),
  ANTHROPIC_API_KEY: required("The API key of Anthropic.", "the AI backend"),
  GOOGLE_API_KEY: required("The API key of Google.", "the AI backend, to embed"),
  OPENAI_API_KEY: optional("The API key of OpenAI.", "the AI backend, where it uses a model of OpenAI's"),
  LANGSMITH_API_KEY: optional("The API key of LangSmith.", "the AI backend, where it is traced"),
  ELEVENLABS_API_KEY: optional("The API key of ElevenLabs.", "the AI backend, to speak meditations"),
} satisfies Record<string, DeclaredSecret>;

const redisPassword = {
  REDIS_PASSWORD: {
    ...required("The password of Redis.", "REDIS_URL"),
    when: "managedRedis",
    ownServer: true,
  },
} satisfies Record<string, DeclaredSecret>;

export const wbot = {
  description: "wbot: an AI backend and a web frontend over Supabase, with a Redis as cache.",
  schema: wbotConfig,
  secrets: { ...wbotSecrets, ...redisPassword },
  files: {},
  opened: () => ({ SUPABASE_URL: publicly(443), DATABASE_URI: publicly(5432, 6543) }),
} as const;

export type WbotConfig = SystemConfig<typeof wbot>;
