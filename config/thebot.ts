import { z } from "zod";
import { type DeclaredSecret, optional, required } from "./secrets";
import type { SystemConfig } from "./system";
import { contradiction } from "./values/contradiction";
import { host, hostOrAddress, hostOrAddressGrammar } from "./values/host";
import { image } from "./values/image";
import { ingressAgrees, ingressShape } from "./values/ingress";
import { list } from "./values/list";
import { eitherOf, managedPostgresql, managedRedis } from "./values/managed";
import { monitoring } from "./values/monitoring";
import { namespaceName, storageClassName } from "./values/name";
import { placement } from "./values/placement";
import { postgresql } from "./values/postgresql";
import { type ProbesDefaults, probes } from "./values/probes";
import { pullSecrets } from "./values/pull-secrets";
import { redisFits, redisShape } from "./values/redis";
import { type AutoscalingDefaults, autoscaling, replicas } from "./values/replicas";
import { type ResourceDefaults, resources } from "./values/resources";
import { flag, integer, oneOf, text } from "./values/scalar";
import { storage } from "./values/storage";
import { url } from "./values/url";
import { oneScale, oneScaleMeta, type PodDefaults, podShape } from "./values/workload";

const images = z.strictObject({
  backend: image()
    .describe("The image of Django: of backend, Celery, migration and static files alike.")
    .prefault("thebot/backend:latest"),
  frontend: image()
    .describe("The image of the frontend: nginx with the built pages.")
    .prefault("thebot/frontend:latest"),
  pullPolicy: oneOf(["Always", "IfNotPresent", "Never"])
    .describe("When these images are pulled.")
    .prefault("IfNotPresent"),
});

const hostHeader = () =>
  hostOrAddress({
    ...hostOrAddressGrammar,
    example: "localhost",
    hint: (value) => (value === "*" ? "would answer to every host" : hostOrAddressGrammar.hint(value)),
  });

const rate = () =>
  text({
    name: "a rate",
    rule: "a number per second, minute, hour or day",
    example: "1000/hour",
    pattern: /^[1-9][0-9]{0,8}\/(?:second|minute|hour|day)$/,
  });

const django = z.strictObject({
  debug: flag().describe("Whether errors are shown to visitors, with the code.").prefault(false),
  environment: oneOf(["development", "staging", "production"])
    .describe("What the application takes itself for (ENVIRONMENT).")
    .prefault("development"),
  logLevel: oneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])
    .describe("The least that is logged.")
    .prefault("INFO"),
  cacheTimeout: integer({ min: 0, max: 2_592_000, unit: "seconds" })
    .describe("How long cached answers hold.")
    .prefault(3600),
  apiPageSize: integer({ min: 1, max: 10_000 }).describe("Entries on a page of the API.").prefault(20),
  apiRateLimit: rate().describe("Requests that a client may make.").prefault("1000/hour"),
  allowedHosts: list(hostHeader())
    .describe("Host headers that are answered to beside the hosts of the ingress.")
    .prefault(["localhost", "127.0.0.1"]),
  frontendUrl: url({ schemes: ["https", "http"] })
    .describe("Where visitors find the frontend. Default: the ingress' first host.")
    .optional(),
});

/** A workload of a fixed number of pods, or of as many as an autoscaler chooses. */
const scaled = (
  whose: string,
  sizes: ResourceDefaults,
  scaling: AutoscalingDefaults,
  { probes: timings, ...pod }: PodDefaults & { readonly probes: ProbesDefaults },
) =>
  z
    .strictObject({
      replicas: replicas()
        .describe(`How many ${whose} run. Default: 1. Not together with autoscaling.`)
        .optional(),
      autoscaling: autoscaling(scaling)
        .describe(`Lets an autoscaler choose the number of ${whose}.`)
        .optional(),
      resources: resources(sizes).describe("The size of one.").prefault({}),
      probes: probes(timings),
      ...podShape(whose, pod),
    })
    .superRefine(oneScale)
    .meta(oneScaleMeta)
    .transform(({ replicas, autoscaling, ...rest }) => ({
      ...rest,
      scale: autoscaling ? { autoscaling } : { replicas: replicas ?? 1 },
    }));

const small: ResourceDefaults = {
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { cpu: "200m", memory: "256Mi" },
};
const medium: ResourceDefaults = {
  requests: { cpu: "250m", memory: "256Mi" },
  limits: { cpu: "500m", memory: "512Mi" },
};

// Of all three autoscalers: at most half of the pods a minute, after five minutes of less load.
const scaleDown: AutoscalingDefaults["scaleDown"] = {
  stabilizationWindowSeconds: 300,
  policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
};

/** Twice the pods in a period, or so many a minute, whichever is more. */
const scaleUp = (stabilizationWindowSeconds: number, periodSeconds: number, podsAMinute: number) => ({
  stabilizationWindowSeconds,
  policies: [
    { type: "Percent" as const, value: 100, periodSeconds },
    { type: "Pods" as const, value: podsAMinute, periodSeconds: 60 },
  ],
});

const single = (whose: string) =>
  z.strictObject({
    resources: resources(small).describe("Its size.").prefault({}),
    ...podShape(whose),
  });

const jobs = z.strictObject({
  activeDeadlineSeconds: integer({ min: 10, max: 86_400, unit: "seconds" })
    .describe("How long one may run before it has failed.")
    .prefault(600),
  backoffLimit: integer({ min: 0, max: 20 })
    .describe("How often a failed pod is replaced before the job has failed.")
    .prefault(3),
  resources: resources(medium).describe("The size of one.").prefault({}),
  ...podShape("the jobs", { safeToEvict: false }),
});

const postgresqlConfig = postgresql({
  image: "postgres:15-alpine",
  database: "thebot",
  user: "thebot_user",
  storage: "10Gi",
  resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
  probes: {
    liveness: { initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5 },
    readiness: { initialDelaySeconds: 10, periodSeconds: 5, timeoutSeconds: 3 },
  },
});

const redis = z
  .strictObject({
    ...redisShape({
      maxMemory: "384mb",
      maxMemoryPolicy: "volatile-lru",
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      probes: {
        liveness: { initialDelaySeconds: 20, periodSeconds: 10, timeoutSeconds: 3 },
        readiness: { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 2 },
      },
    }),
    // A queued task never expires, so none of these drops one.
    maxMemoryPolicy: oneOf(["volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl", "noeviction"])
      .describe("What Redis drops when it is full: of the cached values some, of the queued tasks none.")
      .prefault("volatile-lru"),
    storage: storage("5Gi")
      .describe("The volume of its append-only file, which after a crash may lack the last two seconds.")
      .prefault({}),
  })
  .superRefine(redisFits);

const volumes = z.strictObject({
  static: storage("2Gi").describe("The static files, which the collectstatic job writes.").prefault({}),
  media: storage("5Gi").describe("What users upload.").prefault({}),
});

const ingress = z
  .strictObject({
    // A WebSocket may be silent for as long as a browser tab stays open.
    ...ingressShape({ maxBodySize: "50m", timeoutSeconds: 86_400 }),
    aliases: list(host())
      .describe("Further host names, which lead where the first one does; the certificate holds them all.")
      .prefault([]),
  })
  .superRefine(ingressAgrees)
  .superRefine(({ host, aliases }, context) => {
    if (!Array.isArray(aliases) || !aliases.includes(host)) return;
    contradiction(context, {
      path: ["aliases"],
      input: aliases,
      message: "says again what host says",
      accepts: "further host names",
      beside: ["host"],
    });
  });

/** `muster:thebot`. */
const thebotConfig = z
  .strictObject({
    namespace: namespaceName()
      .describe("The namespace. Default: thebot in stack prod, thebot-<stack> elsewhere.")
      .optional(),
    image: images.describe("The system's own images.").prefault({}),
    imagePullSecrets: pullSecrets(),
    django: django.describe("What Django is told.").prefault({}),
    backend: scaled(
      "backends",
      medium,
      { memoryUtilization: 80, scaleUp: scaleUp(0, 15, 2), scaleDown },
      {
        probes: {
          liveness: { initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5 },
          readiness: { initialDelaySeconds: 10, periodSeconds: 5, timeoutSeconds: 3 },
        },
      },
    )
      .describe("Django, which answers the API, the admin pages and WebSockets.")
      .prefault({}),
    frontend: scaled(
      "frontends",
      small,
      { scaleUp: scaleUp(0, 15, 1), scaleDown },
      {
        probes: {
          liveness: { initialDelaySeconds: 20, periodSeconds: 10, timeoutSeconds: 3 },
          readiness: { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 2 },
        },
      },
    )
      .describe("nginx with the built pages.")
      .prefault({}),
    celery: scaled(
      "workers",
      medium,
      { cpuUtilization: 75, scaleUp: scaleUp(60, 30, 2), scaleDown },
      {
        probes: {
          startup: { periodSeconds: 10, failureThreshold: 60 },
          liveness: { initialDelaySeconds: 10, periodSeconds: 60, timeoutSeconds: 30, failureThreshold: 5 },
          readiness: { initialDelaySeconds: 10, periodSeconds: 60, timeoutSeconds: 30 },
        },
        terminationGracePeriodSeconds: 300,
      },
    )
      .describe("Celery's workers.")
      .prefault({}),
    celeryBeat: single("Celery beat").describe("Celery's clock, of which there is one.").prefault({}),
    jobs: jobs.describe("The migration and the collection of static files.").prefault({}),
    postgresql: postgresqlConfig
      .describe("The database. Not together with managedDatabase, which takes its place.")
      .optional(),
    managedDatabase: managedPostgresql()
      .describe("A PostgreSQL that somebody else runs; its password is thebot:POSTGRES_PASSWORD.")
      .optional(),
    redis: redis
      .describe("Queue, cache and channel layer. Not together with managedRedis, which takes its place.")
      .optional(),
    managedRedis: managedRedis()
      .describe("A Redis that somebody else runs; its password is thebot:REDIS_PASSWORD.")
      .optional(),
    volumes: volumes.describe("The volumes that several pods mount.").prefault({}),
    storageClass: storageClassName()
      .describe("The StorageClass of volumes that name none. Default: the cluster's own.")
      .optional(),
    ingress: ingress.describe("The way in from outside. Left out: there is none.").optional(),
    monitoring: monitoring().optional(),
    rolloutTimeoutSeconds: integer({ min: 10, max: 86_400, unit: "seconds" })
      .describe("How long a roll-out may take before it has failed.")
      .prefault(600),
    placement: placement().describe("Which nodes the system's pods may go to.").prefault({}),
  })
  .superRefine(eitherOf("postgresql", "managedDatabase"))
  .superRefine(eitherOf("redis", "managedRedis"))
  .superRefine((config, context) => {
    if (config.django?.allowedHosts?.length === 0 && config.ingress === undefined)
      contradiction(context, {
        path: ["django", "allowedHosts"],
        input: config.django.allowedHosts,
        message: "leaves no host that is answered to, since there is no ingress",
        accepts: "a host name, or an ingress",
        beside: ["ingress"],
      });
  })
  .meta({
    not: {
      anyOf: [{ required: ["postgresql", "managedDatabase"] }, { required: ["redis", "managedRedis"] }],
    },
  })
  .transform(({ storageClass, postgresql: ownDatabase, redis: ownRedis, ...config }) => {
    const stored = <V extends { storageClass?: string }>(volume: V) => ({ storageClass, ...volume });
    const kept = <W extends { storage: { storageClass?: string } }>(workload: W) => ({
      ...workload,
      storage: stored(workload.storage),
    });
    return {
      ...config,
      postgresql: kept(ownDatabase ?? postgresqlConfig.parse({})),
      redis: kept(ownRedis ?? redis.parse({})),
      volumes: { static: stored(config.volumes.static), media: stored(config.volumes.media) },
    };
  });

/** The secrets that the operator supplies, by their keys in `thebot-secrets`; the two URLs there are composed. */
export const thebotSecrets = {
  SECRET_KEY: {
    ...required(
      "The key that Django signs with: at least 50 random characters.",
      "Django, which does not start without it",
    ),
    generated: 50,
  },
  OPENROUTER_API_KEY: required(
    "The API key of OpenRouter, which writes study plans.",
    "Django, which does not start without it unless it debugs",
  ),
  PACHCA_FORUM_API_TOKEN: optional("A token for Pachca.", "Django, to post to the forum"),
  TELEGRAM_BOT_TOKEN: optional("The token of the Telegram bot.", "Django, to send to Telegram"),
  YOOKASSA_SHOP_ID: optional("The id of the shop at YooKassa.", "Django, to take payments"),
  YOOKASSA_SECRET_KEY: optional("The key of the shop at YooKassa.", "Django, to take payments"),
} satisfies Record<string, DeclaredSecret>;

const passwords = {
  POSTGRES_PASSWORD: {
    ...required("The password of the managed PostgreSQL.", "DATABASE_URL"),
    when: "managedDatabase",
  },
  REDIS_PASSWORD: { ...required("The password of the managed Redis.", "REDIS_URL"), when: "managedRedis" },
} satisfies Record<string, DeclaredSecret>;

export const thebot = {
  description: "thebot: an educational platform in Django, with Celery, PostgreSQL and Redis.",
  schema: thebotConfig,
  secrets: { ...thebotSecrets, ...passwords },
  files: {},
} as const;

export type ThebotConfig = SystemConfig<typeof thebot>;
