import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { goInstalled, serve, serviceMonitors } from "../harness/custom-resources";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { openConnections, podIn } from "./connectivity";
import { readyEndpoints } from "./ready-endpoints";

const api = kubernetes();
const workloadOf = ({ metadata }: KubernetesObject) => metadata.labels["app.kubernetes.io/name"];

const supplied = {
  "app-id": "an-app-id",
  "webhook-url": "https://hooks.example.com/agora",
  "webhook-auth-token": "a-webhook-token",
  "web-recorder-auth-token": "a-recorder-token",
};

// The document's promises, on a real API server. The tests build on each other, in this order.
describe("rtc-egress in prod", () => {
  const namespace = "rtc-egress";
  let workspace: Workspace;
  let operator: Awaited<ReturnType<typeof serve>> | undefined;

  beforeAll(async () => {
    workspace = await createWorkspace("prod", { only: "rtc-egress" });
    for (const [key, value] of Object.entries(supplied))
      await workspace.succeeds("config", "set", "--secret", `rtc-egress:${key}`, value);
  });
  afterAll(async () => {
    await workspace.dispose();
    await operator?.stop();
  });

  test("one command deploys it, with the document's numbers of pods", async () => {
    const output = await up(workspace);
    expect(output).toContain("left out: muster:rtc-egress.monitoring needs the Prometheus Operator");
    await expect
      .poll(() => running(namespace), { timeout: 60_000 })
      .toEqual({
        egress: 3,
        redis: 1,
        "web-dispatch": 6,
        "web-recorder": 6,
        "webhook-notifier": 2,
      });
  });

  test("a second up changes nothing", async () => {
    await up(workspace, "--expect-no-changes");
  });

  test("recorders scale from 3 to 10, by the smaller of two steps in either direction", async () => {
    const { spec } = await autoscaler(namespace, "egress");
    expect(spec).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "egress" },
      minReplicas: 3,
      maxReplicas: 10,
      metrics: [utilization("cpu", 70), utilization("memory", 80), perPod("active_tasks_per_pod", "20")],
      behavior: {
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
    });
  });

  test("notifiers scale from 2 to 4, up by the larger of two steps, and down by half", async () => {
    const { spec } = await autoscaler(namespace, "webhook-notifier");
    expect(spec).toEqual({
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "webhook-notifier" },
      minReplicas: 2,
      maxReplicas: 4,
      metrics: [
        utilization("cpu", 60),
        utilization("memory", 70),
        perPod("pending_notifications_per_pod", "100"),
      ],
      behavior: {
        scaleUp: {
          stabilizationWindowSeconds: 30,
          selectPolicy: "Max",
          policies: [
            { type: "Percent", value: 100, periodSeconds: 30 },
            { type: "Pods", value: 1, periodSeconds: 30 },
          ],
        },
        scaleDown: {
          stabilizationWindowSeconds: 180,
          selectPolicy: "Max",
          policies: [{ type: "Percent", value: 50, periodSeconds: 60 }],
        },
      },
    });
  });

  test("web dispatch and web recorder are fixed", async () => {
    const autoscalers = await api.list(
      `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
    );
    expect(autoscalers.map(({ metadata }) => metadata.name)).toEqual(["egress", "webhook-notifier"]);
  });

  test.each([
    {
      name: "egress",
      image: "rtc-egress:latest",
      command: ["/app/bin/egress"],
      args: ["--config", "/app/config/egress_config.yaml"],
      ports: { api: 8090, health: 8182 },
      resources: sizes("500m", "512Mi", "2", "2Gi"),
      liveness: [30, 30, 5, 3],
      readiness: [10, 10, 3, 2],
      grace: 3600,
    },
    {
      name: "webhook-notifier",
      image: "rtc-egress:latest",
      command: ["/app/bin/webhook_notifier"],
      args: undefined,
      ports: { health: 8185 },
      resources: sizes("100m", "128Mi", "500m", "512Mi"),
      liveness: [15, 30, 5, 3],
      readiness: [5, 10, 3, 2],
      grace: 30,
    },
    {
      name: "web-dispatch",
      image: "rtc-egress/flexible-recorder:latest",
      command: ["/app/bin/flexible-recorder"],
      args: undefined,
      ports: { health: 8182 },
      resources: sizes("100m", "128Mi", "500m", "512Mi"),
      liveness: [15, 30, 5, 3],
      readiness: [5, 10, 3, 2],
      grace: 30,
    },
    {
      name: "web-recorder",
      image: "your-web-recorder:latest",
      command: undefined,
      args: undefined,
      ports: { http: 3000 },
      resources: sizes("200m", "256Mi", "1", "1Gi"),
      liveness: [30, 30, 10, 3],
      readiness: [10, 10, 5, 2],
      grace: 3600,
    },
  ])("$name runs as the document has it", async ({ name, ports, liveness, readiness, grace, ...rest }) => {
    const { spec } = await podTemplate(namespace, name);
    const [container] = spec.containers;
    expect({
      image: container.image,
      command: container.command,
      args: container.args,
      resources: bound(container.resources),
    }).toEqual(rest);
    expect(portsOf(container)).toEqual(ports);
    const [lastPort] = Object.keys(ports).slice(-1);
    for (const [probe, timing] of [
      [container.livenessProbe, liveness],
      [container.readinessProbe, readiness],
    ] as const) {
      expect(probe.httpGet).toMatchObject({ path: "/health", port: lastPort });
      const { initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold } = probe;
      expect([initialDelaySeconds, periodSeconds, timeoutSeconds, failureThreshold]).toEqual(timing);
    }
    expect(spec.terminationGracePeriodSeconds).toBe(grace);
    const service = await api.get(`/api/v1/namespaces/${namespace}/services/${name}`);
    expect(
      Object.fromEntries(
        service.spec.ports.map((each: { name: string; port: number }) => [each.name, each.port]),
      ),
    ).toEqual(ports);
  });

  test("every Service reaches every pod behind it, on the port that it answers on", async () => {
    const slices = await api.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`);
    const behind = slices.map((slice) => [
      slice.metadata.labels["kubernetes.io/service-name"],
      slice.ports.map(({ port }: { port: number }) => port).sort(),
      slice.endpoints.filter((each: { conditions: { ready: boolean } }) => each.conditions.ready).length,
    ]);
    expect(behind.sort()).toEqual([
      ["egress", [8090, 8182], 3],
      ["redis", [6379], 1],
      ["web-dispatch", [8182], 6],
      ["web-recorder", [3000], 6],
      ["webhook-notifier", [8185], 2],
    ]);
  });

  test("each program has the environment of its manifest, with values from Secrets", async () => {
    const { password } = await secretData(namespace, "redis-secrets");
    expect(password).toMatch(/^\w{32}$/);
    const queue = {
      APP_ID: "an-app-id",
      REDIS_ADDR: "redis:6379",
      REDIS_PASSWORD: password,
      REDIS_DB: "0",
      POD_REGION: "us-west-1",
    };
    expect(await environment(namespace, "egress")).toEqual({ ...queue, POD_WORKERS: "4" });
    expect(await environment(namespace, "webhook-notifier")).toEqual({
      ...queue,
      WEBHOOK_URL: "https://hooks.example.com/agora",
      WEBHOOK_AUTH_TOKEN: "a-webhook-token",
    });
    expect(await environment(namespace, "web-dispatch")).toEqual({
      ...queue,
      POD_WORKERS: "4",
      WEB_RECORDER_BASE_URL: "http://web-recorder:3000",
      WEB_RECORDER_AUTH_TOKEN: "a-recorder-token",
    });
    expect(await environment(namespace, "web-recorder")).toEqual({ NODE_ENV: "production" });
  });

  test("each program's own file says the same as its environment, ports and Services", async () => {
    const redis = { addr: "redis:6379", db: 0 };
    const egress = await configFile(namespace, "egress", "egress_config.yaml");
    expect(egress).toMatchObject({
      server: { health_port: 8182, api_port: 8090 },
      redis: { ...redis, worker_patterns: ["egress:snapshot:*", "egress:record:*"] },
      pod: { region: "us-west-1", workers: 4 },
      snapshots: { output_dir: "/app/snapshots", layout: "flat" },
      recording: { output_dir: "/app/recordings", layout: "flat", format: "mp4" },
    });
    const dispatch = await configFile(namespace, "web-dispatch", "flexible_recorder_config.yaml");
    expect(dispatch).toMatchObject({
      server: { health_port: 8182 },
      redis: { ...redis, worker_patterns: ["egress:web:snapshot:*", "egress:web:record:*"] },
      web_recorder: { base_url: "http://web-recorder:3000" },
    });
    const notifier = await configFile(namespace, "webhook-notifier", "webhook_notifier_config.yaml");
    expect(notifier).toMatchObject({
      server: { health_port: 8185 },
      redis,
      webhook: { notify_states: ["PROCESSING", "STOPPED", "FAILED", "TIMEOUT"], max_retries: 5 },
    });
    // Ports at the top level are what the programs never read.
    for (const file of [egress, dispatch, notifier])
      expect(Object.keys(file).filter((key) => key.endsWith("_port"))).toEqual([]);
  });

  test("Redis tells of every change, drops no task and asks for a password", async () => {
    const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/redis-config`);
    const lines = data["redis.conf"].split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        "notify-keyspace-events Kg$",
        "maxmemory 256mb",
        "maxmemory-policy noeviction",
        "include /etc/redis-auth/auth.conf",
      ]),
    );
    const { spec } = await podTemplate(namespace, "redis");
    expect(bound(spec.containers[0].resources)).toEqual(sizes("100m", "128Mi", "500m", "512Mi"));
  });

  test("all recorders write to the same two volumes, from several nodes", async () => {
    const claims = await api.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
    expect(
      claims.map(({ metadata, spec, status }) => [
        metadata.name,
        status.phase,
        spec.storageClassName,
        spec.accessModes,
        spec.resources.requests.storage,
      ]),
    ).toEqual([
      ["recordings", "Bound", "fast-ssd", ["ReadWriteMany"], "100Gi"],
      ["snapshots", "Bound", "fast-ssd", ["ReadWriteMany"], "50Gi"],
    ]);
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    const mounting = pods.filter((pod) => writableClaims(pod).length > 0);
    expect(mounting.map((pod) => [workloadOf(pod), writableClaims(pod)])).toEqual(
      Array(3).fill([
        "egress",
        [
          ["recordings", "/app/recordings"],
          ["snapshots", "/app/snapshots"],
        ],
      ]),
    );
    expect(new Set(mounting.map((pod) => pod.spec.nodeName)).size).toBe(3);
  });

  test("pods of a workload stand on as many nodes as there are", async () => {
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    for (const [name, nodes] of Object.entries({
      "web-dispatch": 6,
      "web-recorder": 6,
      "webhook-notifier": 2,
    })) {
      const own = pods.filter((pod) => workloadOf(pod) === name);
      expect([name, new Set(own.map((pod) => pod.spec.nodeName)).size]).toEqual([name, nodes]);
    }
  });

  test("every budget counts the pods that it is named after, and leaves the document's number", async () => {
    const counted = async () =>
      (await api.list(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`)).map(
        ({ metadata, spec, status }) => [
          metadata.name,
          spec.minAvailable,
          [status.expectedPods, status.desiredHealthy, status.disruptionsAllowed],
        ],
      );
    await expect.poll(counted).toEqual([
      ["egress", "50%", [3, 2, 1]],
      ["web-dispatch", "50%", [6, 3, 3]],
      ["web-recorder", "50%", [6, 3, 3]],
      ["webhook-notifier", 1, [2, 1, 1]],
    ]);
  });

  test("the network is open exactly where an edge says so", async () => {
    expect(await matrix(namespace)).toEqual(edges);
  });

  test("a roll-out of the web dispatch takes half of it away and never more, be the image sound or not", async () => {
    for (const name of ["web-dispatch", "web-recorder"]) {
      const { spec } = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
      expect(spec.strategy.rollingUpdate.maxUnavailable).toBe("50%");
    }
    const configure = (key: string, value: string) =>
      workspace.succeeds("config", "set", "--path", `muster:rtc-egress.${key}`, value);
    const { "web-dispatch": _, ...before } = await generations(namespace);
    const samples = readyEndpoints(api, namespace);
    await configure("webDispatch.rolloutTimeoutSeconds", "10");
    await configure("image.webDispatch", "rtc-egress/flexible-recorder:broken");
    const broken = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(broken.exitCode).not.toBe(0);
    await configure("image.webDispatch", "rtc-egress/flexible-recorder:v2");
    await up(workspace);
    const least = await samples.stop();
    expect((await podTemplate(namespace, "web-dispatch")).spec.containers[0].image).toMatch(/:v2$/);
    expect(least.samples).toBeGreaterThan(10);
    // All other Services kept every pod; and this one went down to its half, so that the samples saw something.
    expect(least.endpoints).toEqual({
      egress: 3,
      redis: 1,
      "web-dispatch": 3,
      "web-recorder": 6,
      "webhook-notifier": 2,
    });
    expect(await generations(namespace)).toMatchObject(before);
  });

  test("more workers for each recorder: environment and file agree, and no other workload rolls", async () => {
    const before = await generations(namespace);
    await workspace.succeeds("config", "set", "--path", "muster:rtc-egress.egress.workers", "8");
    await up(workspace);
    expect((await environment(namespace, "egress")).POD_WORKERS).toBe("8");
    expect((await configFile(namespace, "egress", "egress_config.yaml")).pod).toMatchObject({ workers: 8 });
    expect(await generations(namespace)).toEqual({ ...before, egress: before.egress! + 1 });
  });

  test("what somebody scales by hand, the next up leaves to the autoscaler", async () => {
    await api.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/egress`, { spec: { replicas: 5 } });
    await up(workspace, "--expect-no-changes");
    expect((await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/egress`)).spec.replicas).toBe(5);
  });

  test.skipIf(!goInstalled)(
    "once the Prometheus Operator is there, it is told what to scrape, and the network lets it (needs go on PATH)",
    async () => {
      operator = await serve(serviceMonitors);
      const labels = "muster:rtc-egress.monitoring.labels.release";
      await workspace.succeeds("config", "set", "--path", labels, "prometheus");
      expect(await up(workspace)).not.toContain("left out");
      const monitors = await api.list(
        `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/servicemonitors`,
      );
      expect(monitors.map(({ metadata, spec }) => [metadata.name, spec.endpoints])).toEqual(
        ["egress", "web-dispatch", "webhook-notifier"].map((name) => [
          name,
          [{ port: "health", path: "/metrics", interval: "30s" }],
        ]),
      );
      const services = await api.list(`/api/v1/namespaces/${namespace}/services`);
      for (const { metadata, spec } of monitors) {
        expect(metadata.labels.release).toBe("prometheus");
        expect(services.filter((service) => selects(spec.selector.matchLabels, service))).toMatchObject([
          { metadata: { name: metadata.name } },
        ]);
      }
      expect(await matrix(namespace)).toEqual(
        [
          ...edges,
          "prometheus → egress TCP 8182",
          "prometheus → web-dispatch TCP 8182",
          "prometheus → webhook-notifier TCP 8185",
        ].sort(),
      );
    },
  );

  test("destroy keeps the recordings and snapshots, and says so", async () => {
    const { systems } = JSON.parse(await workspace.succeeds("stack", "output", "--json"));
    expect(systems["rtc-egress"].keeps).toEqual([
      "namespace rtc-egress",
      "volume recordings",
      "volume snapshots",
    ]);
    const volumes = await volumesOf(namespace);
    await workspace.succeeds("destroy", "--yes", "--skip-preview");
    expect(await volumesOf(namespace)).toEqual(volumes);
    expect(Object.keys(volumes)).toEqual(["recordings", "snapshots"]);
    for (const kind of [
      "apps/v1/deployments",
      "policy/v1/poddisruptionbudgets",
      "autoscaling/v2/horizontalpodautoscalers",
    ]) {
      const [group, version, plural] = kind.split("/");
      expect(await api.list(`/apis/${group}/${version}/namespaces/${namespace}/${plural}`)).toEqual([]);
    }
    expect(await api.list(`/api/v1/namespaces/${namespace}/secrets`)).toEqual([]);
  });

  test("the next up takes them over, with what is on them", async () => {
    const volumes = await volumesOf(namespace);
    await up(workspace);
    expect(await volumesOf(namespace)).toEqual(volumes);
    await up(workspace, "--expect-no-changes");
  });
});

describe("rtc-egress in the other stacks, as they are shipped", () => {
  let workspace: Workspace;

  afterEach(() => workspace.dispose());

  test("staging: half of production", async () => {
    workspace = await createWorkspace("staging", { only: "rtc-egress" });
    await up(workspace);
    const namespace = "rtc-egress-staging";
    await expect
      .poll(() => running(namespace), { timeout: 60_000 })
      .toEqual({
        egress: 2,
        redis: 1,
        "web-dispatch": 3,
        "web-recorder": 3,
        "webhook-notifier": 1,
      });
    expect((await autoscaler(namespace, "egress")).spec).toMatchObject({ minReplicas: 2, maxReplicas: 5 });
    expect((await autoscaler(namespace, "webhook-notifier")).spec).toMatchObject({
      minReplicas: 1,
      maxReplicas: 2,
    });
  });

  test("dev: one pod of each, with no autoscaler and no budget; a queue on a volume if asked", async () => {
    workspace = await createWorkspace("dev", { only: "rtc-egress" });
    await workspace.succeeds("config", "set", "--path", "muster:rtc-egress.redis.storage.size", "1Gi");
    await up(workspace);
    const namespace = "rtc-egress-dev";
    expect(await running(namespace)).toEqual({
      egress: 1,
      redis: 1,
      "web-dispatch": 1,
      "web-recorder": 1,
      "webhook-notifier": 1,
    });
    for (const path of ["autoscaling/v2", "policy/v1"]) {
      const plural = path === "policy/v1" ? "poddisruptionbudgets" : "horizontalpodautoscalers";
      expect(await api.list(`/apis/${path}/namespaces/${namespace}/${plural}`)).toEqual([]);
    }
    const pulled = async (name: string) =>
      (await podTemplate(namespace, name)).spec.containers[0].imagePullPolicy;
    expect([await pulled("egress"), await pulled("web-recorder")]).toEqual(["Never", "IfNotPresent"]);
    const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/redis-config`);
    expect(data["redis.conf"]).toContain("appendonly yes");
    expect(Object.keys(await volumesOf(namespace))).toContain("data-redis-0");
  });
});

/** What the declaration opens; of the ports that are tried, 1024 and 65535 are the ends of the media's range. */
const edges = [
  ...["egress", "web-dispatch", "web-recorder", "webhook-notifier"].flatMap((name) => [
    `${name} → dns TCP 53`,
    `${name} → dns UDP 53`,
  ]),
  ...["egress", "web-dispatch", "webhook-notifier"].map((name) => `${name} → redis TCP 6379`),
  "web-dispatch → web-recorder TCP 3000",
  ...["egress", "web-recorder", "webhook-notifier"].flatMap((name) => [
    `${name} → internet TCP 443`,
    `${name} → internet TCP 80`,
  ]),
  ...["egress", "web-recorder"].flatMap((name) =>
    [1024, 3478, 6379, 65535].map((port) => `${name} → internet UDP ${port}`),
  ),
].sort();

/** Every connection to or from the system that its policies let through. */
async function matrix(namespace: string): Promise<string[]> {
  const policies = await api.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`);
  const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
  const egress = pods.find((pod) => workloadOf(pod) === "egress")!;
  const ours = {
    ...Object.fromEntries(pods.map((pod) => [workloadOf(pod), podIn(namespace, pod.metadata.labels)])),
    "another pod here": podIn(namespace),
  };
  const others = {
    dns: podIn("kube-system"),
    prometheus: podIn("monitoring"),
    "the ingress controller": podIn("ingress-nginx"),
    "the same labels elsewhere": podIn("elsewhere", egress.metadata.labels),
    internet: { address: "93.184.216.34" },
    "the metadata service": { address: "169.254.169.254" },
    "a private address": { address: "10.1.2.3" },
  };
  const ports = [
    ...[53, 80, 443, 1024, 3000, 6379, 8090, 8182, 8183, 8185].map((port) => ["TCP", port] as const),
    ...[53, 443, 1023, 1024, 3478, 6379, 65535].map((port) => ["UDP", port] as const),
  ];
  return openConnections(policies, ours, others, ports);
}

async function up(workspace: Workspace, ...flags: string[]): Promise<string> {
  const flagsOfAll = ["--yes", "--skip-preview", "--policy-pack", "policies"];
  const { exitCode, output } = await workspace.pulumi("up", ...flagsOfAll, ...flags);
  expect(exitCode, output).toBe(0);
  return output;
}

/** How many pods of each workload run. */
async function running(namespace: string): Promise<Record<string, number>> {
  const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
  const count: Record<string, number> = {};
  for (const pod of pods.filter(({ status }) => status.phase === "Running"))
    count[workloadOf(pod)] = (count[workloadOf(pod)] ?? 0) + 1;
  return count;
}

const autoscaler = (namespace: string, name: string) =>
  api.get(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${name}`);

function utilization(name: string, averageUtilization: number) {
  return { type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } };
}

function perPod(name: string, averageValue: string) {
  return { type: "Pods", pods: { metric: { name }, target: { type: "AverageValue", averageValue } } };
}

async function podTemplate(namespace: string, name: string) {
  const { spec } = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  return spec.template;
}

/** The generation of each Deployment: it rises with each change. */
async function generations(namespace: string): Promise<Record<string, number>> {
  const deployments = await api.list(`/apis/apps/v1/namespaces/${namespace}/deployments`);
  return Object.fromEntries(deployments.map(({ metadata }) => [metadata.name, metadata.generation]));
}

function sizes(cpu: string, memory: string, cpuLimit: string, memoryLimit: string) {
  return { requests: { cpu, memory }, limits: { cpu: cpuLimit, memory: memoryLimit } };
}

/** CPU and memory of a container, without its ephemeral storage. */
function bound({ requests, limits }: Record<"requests" | "limits", { cpu: string; memory: string }>) {
  return sizes(requests.cpu, requests.memory, limits.cpu, limits.memory);
}

function portsOf({ ports }: { ports: { name: string; containerPort: number }[] }): Record<string, number> {
  return Object.fromEntries(ports.map(({ name, containerPort }) => [name, containerPort]));
}

/** A workload's variables, with those from Secrets read where they lie. */
async function environment(namespace: string, name: string): Promise<Record<string, string>> {
  const { spec } = await podTemplate(namespace, name);
  const variables: {
    name: string;
    value?: string;
    valueFrom?: { secretKeyRef: { name: string; key: string } };
  }[] = spec.containers[0].env;
  const values = variables.map(async ({ name, value, valueFrom }) => {
    if (value !== undefined) return [name, value] as const;
    const { name: secret, key } = valueFrom!.secretKeyRef;
    return [name, (await secretData(namespace, secret))[key]!] as const;
  });
  return Object.fromEntries(await Promise.all(values));
}

async function secretData(namespace: string, name: string): Promise<Record<string, string>> {
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  return Object.fromEntries(
    Object.entries<string>(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
}

/** A file as a workload finds it in /app/config. */
async function configFile(namespace: string, name: string, file: string): Promise<Record<string, unknown>> {
  const { spec } = await podTemplate(namespace, name);
  const { name: volume } = spec.containers[0].volumeMounts.find(
    ({ mountPath }: { mountPath: string }) => mountPath === "/app/config",
  );
  const { configMap } = spec.volumes.find((each: { name: string }) => each.name === volume);
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/${configMap.name}`);
  return parse(data[file]);
}

/** The claims that a pod writes to, and where it mounts each. */
function writableClaims({ spec }: KubernetesObject): [claim: string, path: string][] {
  const mounts: { name: string; mountPath: string; readOnly?: boolean }[] = spec.containers[0].volumeMounts;
  const volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[] = spec.volumes;
  return volumes.flatMap(({ name, persistentVolumeClaim }) => {
    const mount = mounts.find((each) => each.name === name && !each.readOnly);
    return persistentVolumeClaim && mount ? [[persistentVolumeClaim.claimName, mount.mountPath]] : [];
  });
}

/** The volume behind each claim. */
async function volumesOf(namespace: string): Promise<Record<string, string>> {
  const claims = await api.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
  return Object.fromEntries(claims.map(({ metadata, spec }) => [metadata.name, spec.volumeName]));
}

function selects(labels: Readonly<Record<string, string>>, { metadata }: KubernetesObject): boolean {
  return Object.entries(labels).every(([key, value]) => metadata.labels[key] === value);
}
