import { z } from "zod";
import { publicly } from "./reachable";
import { type DeclaredSecret, optional } from "./secrets";
import type { SystemConfig } from "./system";
import { adopt } from "./values/adopt";
import { image } from "./values/image";
import { leaves } from "./values/leaves";
import { list } from "./values/list";
import { eitherOf, managedRedisWithoutTls } from "./values/managed";
import { monitoring } from "./values/monitoring";
import { movesFrom } from "./values/moves-from";
import { namespaceName } from "./values/name";
import { placement } from "./values/placement";
import { port } from "./values/port";
import { pullSecrets } from "./values/pull-secrets";
import { memory } from "./values/quantity";
import { redisFits, redisShape } from "./values/redis";
import { integer, oneOf, scalar, text } from "./values/scalar";
import { storage } from "./values/storage";
import {
  oneScale,
  oneScaleMeta,
  type WorkloadDefaults,
  waitsForTheOld,
  withScale,
  workload,
  workloadShape,
} from "./values/workload";

const images = z.strictObject({
  egress: image()
    .describe("The image of the recorders, the web dispatch and the webhook notifier.")
    .prefault("rtc-egress:latest"),
  webDispatch: image()
    .describe("The image of the web dispatch.")
    .prefault("rtc-egress/flexible-recorder:latest"),
  webRecorder: image()
    .describe("The image of the web recorder, which others make.")
    .prefault("your-web-recorder:latest"),
  pullPolicy: oneOf(["Always", "IfNotPresent", "Never"])
    .describe("When images are pulled: Always where a tag is built anew, Never for images built on the node.")
    .prefault("IfNotPresent"),
  webRecorderPullPolicy: oneOf(["Always", "IfNotPresent", "Never"])
    .describe("The same for the web recorder's image, which nobody builds on the node.")
    .prefault("IfNotPresent"),
});

// The document leaves open how long a recorder may take to stop. An hour is what the queue keeps a task for (task_ttl)
// and the longest that the makers' example lets a page be recorded (maxRecordingHours).
const untilRecorded = {
  terminationGracePeriodSeconds: 3600,
  safeToEvict: false,
  rolloutTimeoutSeconds: 4200,
};

// Sizes, numbers and behaviour of the four services: the system's document, "Scaling Behavior" and "Resource Limits".
const egressDefaults: WorkloadDefaults = {
  resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { cpu: "2000m", memory: "2Gi" } },
  scale: {
    autoscaling: {
      minReplicas: 3,
      maxReplicas: 10,
      cpuUtilization: 70,
      memoryUtilization: 80,
      podMetrics: [{ name: "active_tasks_per_pod", averageValue: "20" }],
      scaleUp: {
        stabilizationWindowSeconds: 60,
        selectPolicy: "Min",
        policies: [
          { type: "Percent", value: 50, periodSeconds: 60 },
          { type: "Pods", value: 2, periodSeconds: 60 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 300,
        selectPolicy: "Min",
        policies: [
          { type: "Percent", value: 25, periodSeconds: 60 },
          { type: "Pods", value: 1, periodSeconds: 60 },
        ],
      },
    },
  },
  probes: {
    liveness: { initialDelaySeconds: 30, periodSeconds: 30, timeoutSeconds: 5 },
    readiness: { initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 2 },
  },
  ...untilRecorded,
};

const workers = (whose: string) =>
  integer({ min: 1, max: 64 })
    .describe(`How many tasks each of the ${whose} works on at once (POD_WORKERS).`)
    .prefault(4);

const egress = z
  .strictObject({
    ...workloadShape("recorders", egressDefaults),
    workers: workers("recorders"),
  })
  .superRefine(oneScale)
  .superRefine(waitsForTheOld)
  .meta(oneScaleMeta)
  .transform(withScale(egressDefaults));

const webhookNotifier = workload("notifiers", {
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
  scale: {
    autoscaling: {
      minReplicas: 2,
      maxReplicas: 4,
      cpuUtilization: 60,
      memoryUtilization: 70,
      podMetrics: [{ name: "pending_notifications_per_pod", averageValue: "100" }],
      scaleUp: {
        stabilizationWindowSeconds: 30,
        policies: [
          { type: "Percent", value: 100, periodSeconds: 30 },
          { type: "Pods", value: 1, periodSeconds: 30 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 180,
        policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
      },
    },
  },
  probes: {
    liveness: { initialDelaySeconds: 15, periodSeconds: 30, timeoutSeconds: 5 },
    readiness: { initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 2 },
  },
  // A call of the webhook may take 30 s.
  terminationGracePeriodSeconds: 45,
});

const webDispatchDefaults: WorkloadDefaults = {
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
  scale: { replicas: 6 },
  // It asks the web recorder first, for up to 5 s.
  probes: {
    liveness: { initialDelaySeconds: 15, periodSeconds: 30, timeoutSeconds: 10 },
    readiness: { initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 8, failureThreshold: 2 },
  },
  // What it has handed to a web recorder begins anew when it ends.
  safeToEvict: false,
};

const webDispatch = z
  .strictObject({
    ...workloadShape("web dispatchers", webDispatchDefaults),
    workers: workers("web dispatchers"),
  })
  .superRefine(oneScale)
  .superRefine(waitsForTheOld)
  .meta(oneScaleMeta)
  .transform(withScale(webDispatchDefaults));

const webRecorderDefaults: WorkloadDefaults = {
  resources: { requests: { cpu: "200m", memory: "256Mi" }, limits: { cpu: "1000m", memory: "1Gi" } },
  scale: { replicas: 6 },
  probes: {
    liveness: { initialDelaySeconds: 30, periodSeconds: 30, timeoutSeconds: 10 },
    readiness: { initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 2 },
  },
  ...untilRecorded,
};

const webRecorder = z
  .strictObject({
    ...workloadShape("web recorders", webRecorderDefaults),
    port: port().describe("The port that it takes web pages on.").prefault(3000),
    healthPort: port().describe("The port that it answers GET /health on. Default: the same.").optional(),
    command: z
      .array(text({ name: "a word of a command", example: "--restful", pattern: /^.+$/s }))
      .describe("What it starts with. Default: its image's own.")
      .optional(),
    outputPath: text({
      name: "an absolute path",
      example: "/opt2",
      // A volume is named after it.
      pattern: /^(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)+$/,
      longest: 60,
      check: (path) => (/^\/(?:tmp|dev\/shm)$/.test(path) ? "is writable already" : undefined),
    })
      .describe("A directory that it writes to beside /tmp.")
      .optional(),
    sharedMemory: memory("1Mi").describe("The size of /dev/shm, which counts as memory.").prefault("256Mi"),
  })
  .superRefine(oneScale)
  .superRefine(waitsForTheOld)
  .meta(oneScaleMeta)
  .transform(withScale(webRecorderDefaults));

const noEviction = () =>
  scalar<"noeviction">("noeviction", { type: "string", enum: ["noeviction"] }, (value) =>
    value === "noeviction" ? undefined : "would let Redis drop tasks that wait in the queue",
  );

const redis = z
  .strictObject({
    ...redisShape({
      maxMemory: "256mb",
      maxMemoryPolicy: "noeviction",
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
      probes: {
        liveness: { initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 3 },
        readiness: { initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 3 },
      },
    }),
    maxMemoryPolicy: noEviction()
      .describe("What Redis does when it is full: it refuses new tasks, and drops none that wait.")
      .prefault("noeviction"),
    callers: list(namespaceName())
      .describe("Namespaces whose pods may put tasks in the queue, such as that of an API server.")
      .prefault([]),
    storage: storage("5Gi")
      .describe(
        "A volume for the queue, so that tasks outlive its pod. Left out: the queue is in memory alone.",
      )
      .optional(),
  })
  .superRefine(redisFits);

/** `muster:rtc-egress`. */
const rtcEgressConfig = z
  .strictObject({
    namespace: namespaceName()
      .describe("The namespace. Default: rtc-egress in stack prod, rtc-egress-<stack> elsewhere.")
      .optional(),
    adopt: adopt(),
    movesFrom: movesFrom(),
    leaves: leaves(),
    image: images.describe("The system's images.").prefault({}),
    imagePullSecrets: pullSecrets(),
    region: text({
      name: "the name of a region",
      rule: "small letters, digits and hyphens",
      example: "us-west-1",
      pattern: /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/,
    })
      .describe("The region that tasks are assigned by (POD_REGION).")
      .prefault("us-west-1"),
    egress: egress.describe("The recorders of channels.").prefault({}),
    webhookNotifier: webhookNotifier
      .describe("Tells the application's webhook what becomes of its tasks.")
      .prefault({}),
    webDispatch: webDispatch.describe("Hands web pages to be recorded to the web recorder.").prefault({}),
    webRecorder: webRecorder.describe("Records web pages.").prefault({}),
    redis: redis
      .describe("The queue of tasks. Not together with managedRedis, which takes its place.")
      .optional(),
    managedRedis: managedRedisWithoutTls()
      .describe(
        "A Redis that somebody else runs, in place of the system's own: with noeviction, and notify-keyspace-events Kg$.",
      )
      .optional(),
    storage: z
      .strictObject({
        recordings: storage("100Gi").describe("The volume of the recordings.").prefault({}),
        snapshots: storage("50Gi").describe("The volume of the snapshots.").prefault({}),
      })
      .describe("Volumes that all recorders share: their class has to offer ReadWriteMany.")
      .prefault({}),
    monitoring: monitoring().optional(),
    placement: placement().describe("Which nodes the system's pods may go to.").prefault({}),
  })
  .superRefine(eitherOf("redis", "managedRedis"))
  .meta({ not: { required: ["redis", "managedRedis"] } })
  .transform(({ redis: ownRedis = redis.parse({}), ...config }) => ({ ...config, redis: ownRedis }));

/** The secrets that the operator supplies; the password of Redis is generated. */
export const rtcEgressSecrets = {
  "app-id": {
    required: true,
    description: "The App ID of the Agora project.",
    neededBy: "every recorder, to join channels",
  },
  "webhook-url": {
    required: true,
    description: "The address of the application's webhook.",
    neededBy: "the webhook notifier, which calls it",
  },
  "webhook-auth-token": optional(
    "The token that the webhook is called with.",
    "the webhook notifier, where the webhook asks for one",
  ),
  "web-recorder-auth-token": optional(
    "The token of the web recorder.",
    "the web dispatch, where the web recorder asks for one",
  ),
  "redis-password": {
    required: true,
    description: "The password of Redis.",
    neededBy: "everything that works on the queue",
    when: "managedRedis",
    ownServer: true,
  },
} satisfies Record<string, DeclaredSecret>;

export const rtcEgress = {
  description: "rtc-egress: recorders of real-time channels and web pages, their queue and their notifier.",
  schema: rtcEgressConfig,
  secrets: rtcEgressSecrets,
  files: {},
  opened: () => ({ "webhook-url": publicly(443, 80) }),
} as const;

export type RtcEgressConfig = SystemConfig<typeof rtcEgress>;
