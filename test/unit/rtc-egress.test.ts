import { describe, expect, it } from "vitest";
import { StackDirectory } from "./stack-directory";

const stack = (settings: string) => `config:\n  muster:rtc-egress: ${settings}\n`;

it("fills in the document's numbers", () => {
  using directory = new StackDirectory();
  const config = directory.parse(stack("{}"))["rtc-egress"]!;
  expect(config).toMatchObject({
    namespace: "rtc-egress-dev",
    image: { egress: "rtc-egress:latest", webDispatch: "rtc-egress/flexible-recorder:latest" },
    region: "us-west-1",
    egress: { workers: 4, scale: { autoscaling: { minReplicas: 3, maxReplicas: 10 } } },
    webhookNotifier: { scale: { autoscaling: { minReplicas: 2, maxReplicas: 4 } } },
    webDispatch: { scale: { replicas: 6 } },
    webRecorder: { scale: { replicas: 6 } },
    redis: { maxMemory: "256mb", maxMemoryPolicy: "noeviction" },
    storage: { recordings: { size: "100Gi" }, snapshots: { size: "50Gi" } },
  });
  expect(config.managedRedis).toBeUndefined();
});

it("an autoscaler keeps the document's behaviour where only its bounds are given", () => {
  using directory = new StackDirectory();
  const { egress } = directory.parse(
    stack("{ egress: { autoscaling: { maxReplicas: 20, cpuUtilization: 50 } } }"),
  )["rtc-egress"]!;
  expect(egress.scale).toMatchObject({
    autoscaling: {
      minReplicas: 3,
      maxReplicas: 20,
      cpuUtilization: 50,
      memoryUtilization: 80,
      podMetrics: [{ name: "active_tasks_per_pod", averageValue: "20" }],
      scaleUp: { selectPolicy: "Min" },
      scaleDown: { stabilizationWindowSeconds: 300 },
    },
  });
});

it("does without the metrics of the pods where there is no adapter for them", () => {
  using directory = new StackDirectory();
  const { egress, webhookNotifier } = directory.parse(
    stack("{ egress: { autoscaling: { podMetrics: [] } }, webhookNotifier: { replicas: 3 } }"),
  )["rtc-egress"]!;
  expect(egress.scale).toMatchObject({ autoscaling: { podMetrics: [], cpuUtilization: 70 } });
  expect(webhookNotifier.scale).toEqual({ replicas: 3 });
});

it("asks for the secrets that it cannot run without, and for a managed Redis its password", () => {
  using directory = new StackDirectory();
  const wanted = (settings: string) =>
    directory.refusal(stack(settings), { local: false }).errors.map(({ path }) => path);
  expect(wanted("{}")).toEqual(["rtc-egress:app-id", "rtc-egress:webhook-url"]);
  expect(wanted("{ managedRedis: { host: redis.example.com } }")).toEqual([
    "rtc-egress:app-id",
    "rtc-egress:webhook-url",
    "rtc-egress:redis-password",
  ]);
});

it("gives a roll-out of recorders as long as the old ones may take, and keeps their nodes", () => {
  using directory = new StackDirectory();
  const { egress, webRecorder, webhookNotifier } = directory.parse(stack("{}"))["rtc-egress"]!;
  const recorder = { terminationGracePeriodSeconds: 3600, timeoutSeconds: 4200, safeToEvict: false };
  expect(egress).toMatchObject(recorder);
  expect(webRecorder).toMatchObject(recorder);
  expect(webhookNotifier).toMatchObject({ timeoutSeconds: 600, safeToEvict: true });
});

it("takes a web recorder of another make", () => {
  using directory = new StackDirectory();
  const { webRecorder } = directory.parse(
    stack(
      "{ webRecorder: { port: 8001, healthPort: 8002, command: [/run.sh], outputPath: /opt2, sharedMemory: 2Gi } }",
    ),
  )["rtc-egress"]!;
  expect(webRecorder).toMatchObject({
    port: 8001,
    healthPort: 8002,
    command: ["/run.sh"],
    outputPath: "/opt2",
    sharedMemory: "2Gi",
  });
});

describe("refuses", () => {
  it.each([
    [
      "egress: { terminationGracePeriodSeconds: 7200 }",
      "egress.rolloutTimeoutSeconds",
      /less than terminationGracePeriodSeconds, 7200/,
    ],
    [
      "webRecorder: { rolloutTimeoutSeconds: 600 }",
      "webRecorder.rolloutTimeoutSeconds",
      /less than terminationGracePeriodSeconds, 3600/,
    ],
    ["webRecorder: { outputPath: opt2 }", "webRecorder.outputPath", /not an absolute path/],
    ...["allkeys-lru", "volatile-lru", "volatile-ttl", "allkeys-random"].map(
      (policy) => [`redis: { maxMemoryPolicy: ${policy} }`, "redis.maxMemoryPolicy", /drop tasks/] as const,
    ),
    ["redis: { maxMemory: 512mb }", "redis.maxMemory", /more than 80 % of the memory limit/],
    ["redis: {}\n    managedRedis: { host: a.example }", "redis", /beside managedRedis/],
    ["managedRedis: { host: a.example, tls: true }", "managedRedis.tls", /not a key/],
    ["egress: { workers: 0 }", "egress.workers", /less than 1/],
    ["egress: { terminationGracePeriodSeconds: 5 }", "egress.terminationGracePeriodSeconds", /less than 10/],
    [
      "egress: { autoscaling: { minReplicas: 11 } }",
      "egress.autoscaling.maxReplicas",
      /less than minReplicas/,
    ],
    [
      "webDispatch: { replicas: 6, autoscaling: { minReplicas: 3, maxReplicas: 6 } }",
      "webDispatch.replicas",
      /fight the autoscaler/,
    ],
    ["region: US West", "region", /not the name of a region/],
    ["monitoring: { labels: { release: a b } }", "monitoring.labels.release", /not a label value/],
    ["webhookNotifier: { workers: 4 }", "webhookNotifier.workers", /not a key/],
  ] as const)("%s", (line, path, because) => {
    using directory = new StackDirectory();
    const { errors } = directory.refusal(stack(`\n    ${line}`));
    expect(errors).toMatchObject([
      { path: `muster:rtc-egress.${path}`, message: expect.stringMatching(because) },
    ]);
  });
});
