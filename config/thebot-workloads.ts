import { z } from "zod";
import { wholeCores } from "./values/amount";
import { port } from "./values/port";
import { postgresql } from "./values/postgresql";
import { type ProbesDefaults, probes } from "./values/probes";
import { redisFits, redisShape } from "./values/redis";
import { type AutoscalingDefaults, autoscaling, replicas } from "./values/replicas";
import { type ResourceDefaults, resources } from "./values/resources";
import { integer, oneOf } from "./values/scalar";
import { storage } from "./values/storage";
import { oneScale, oneScaleMeta, type PodDefaults, podShape } from "./values/workload";

// Sizes, scaling and timing: the system's document and its chart.

interface ScaledDefaults extends PodDefaults {
  readonly resources: ResourceDefaults;
  readonly autoscaling: AutoscalingDefaults;
  readonly probes: ProbesDefaults;
}

/** What may be said of a workload of a fixed number of pods, or of as many as an autoscaler chooses. */
const scaledShape = (
  whose: string,
  { resources: size, autoscaling: scaling, probes: timings, ...pod }: ScaledDefaults,
) => ({
  replicas: replicas()
    .describe(`How many ${whose} run. Default: 1. Not together with autoscaling.`)
    .optional(),
  autoscaling: autoscaling(scaling).describe(`Lets an autoscaler choose the number of ${whose}.`).optional(),
  resources: resources(size).describe("The size of one.").prefault({}),
  probes: probes(timings),
  ...podShape(whose, pod),
});

const withScale = <C extends { replicas?: number; autoscaling?: z.output<ReturnType<typeof autoscaling>> }>({
  replicas,
  autoscaling,
  ...rest
}: C) => ({ ...rest, scale: autoscaling ? { autoscaling } : { replicas: replicas ?? 1 } });

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

export const backend = z
  .strictObject(
    scaledShape("backends", {
      resources: medium,
      autoscaling: { memoryUtilization: 80, scaleUp: scaleUp(0, 15, 2), scaleDown },
      probes: {
        liveness: { initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5 },
        readiness: { initialDelaySeconds: 10, periodSeconds: 5, timeoutSeconds: 3 },
      },
    }),
  )
  .superRefine(oneScale)
  .meta(oneScaleMeta)
  .transform(withScale);

export const frontend = z
  .strictObject({
    ...scaledShape("frontends", {
      resources: small,
      autoscaling: { scaleUp: scaleUp(0, 15, 1), scaleDown },
      probes: {
        liveness: { initialDelaySeconds: 20, periodSeconds: 10, timeoutSeconds: 3 },
        readiness: { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 2 },
      },
    }),
    port: port().describe("The port that its nginx listens on.").prefault(3000),
  })
  .superRefine(oneScale)
  .meta(oneScaleMeta)
  .transform(withScale);

export const celery = z
  .strictObject({
    ...scaledShape("workers", {
      resources: medium,
      autoscaling: { cpuUtilization: 75, scaleUp: scaleUp(60, 30, 2), scaleDown },
      probes: {
        startup: { periodSeconds: 10, failureThreshold: 60 },
        liveness: { initialDelaySeconds: 10, periodSeconds: 60, timeoutSeconds: 30, failureThreshold: 5 },
        readiness: { initialDelaySeconds: 10, periodSeconds: 60, timeoutSeconds: 30 },
      },
      // The application lets a task take half an hour (CELERY_TASK_TIME_LIMIT), and one that is cut is lost.
      terminationGracePeriodSeconds: 1860,
    }),
    concurrency: integer({ min: 1, max: 256 })
      .describe(
        "How many tasks a worker works on at once. Default: as many as its CPU limit has whole cores.",
      )
      .optional(),
  })
  .superRefine(oneScale)
  .meta(oneScaleMeta)
  .transform(withScale)
  .transform(({ concurrency, ...config }) => ({
    ...config,
    concurrency: concurrency ?? Math.max(1, wholeCores(config.resources.limits.cpu)),
  }));

export const celeryBeat = z.strictObject({
  resources: resources(small).describe("Its size.").prefault({}),
  scheduler: oneOf(["file", "database"])
    .describe(
      "Where it keeps when it last sent what: in a file, or in the database, for images with django-celery-beat.",
    )
    .prefault("file"),
  probes: probes({
    liveness: { initialDelaySeconds: 0, periodSeconds: 60, timeoutSeconds: 5 },
    readiness: { initialDelaySeconds: 0, periodSeconds: 5, timeoutSeconds: 5 },
  }),
  ...podShape("Celery beat"),
});

export const jobs = z.strictObject({
  activeDeadlineSeconds: integer({ min: 10, max: 86_400, unit: "seconds" })
    .describe("How long one may run before it has failed.")
    .prefault(600),
  backoffLimit: integer({ min: 0, max: 20 })
    .describe("How often a failed pod is replaced before the job has failed.")
    .prefault(3),
  resources: resources(medium).describe("The size of one.").prefault({}),
  ...podShape("the jobs", { safeToEvict: false }),
});

export const ownPostgresql = postgresql({
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

export const ownRedis = z
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
