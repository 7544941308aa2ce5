import { z } from "zod";
import { list } from "./values/list";
import { namespaceName } from "./values/name";
import { port } from "./values/port";
import { memory } from "./values/quantity";
import { redisFits, redisShape } from "./values/redis";
import { integer, scalar, text } from "./values/scalar";
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

export const egress = z
  .strictObject({
    ...workloadShape("recorders", egressDefaults),
    workers: workers("recorders"),
  })
  .superRefine(oneScale)
  .superRefine(waitsForTheOld)
  .meta(oneScaleMeta)
  .transform(withScale(egressDefaults));

export const webhookNotifier = workload("notifiers", {
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

export const webDispatch = z
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

export const webRecorder = z
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

export const redis = z
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
