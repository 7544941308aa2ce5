import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type ExecaChildProcess, execa } from "execa";
import type { Cluster } from "../../tools/cluster";
import type { Programs } from "../../tools/toolchain";

/**
 * What autoscalers look at, for a cluster whose pods are simulated: metrics-server, which scrapes kwok as it would
 * kubelets, and a server of custom metrics.
 */
export class Metrics {
  private constructor(
    private readonly cluster: Cluster,
    private readonly metricsServer: ExecaChildProcess,
    private readonly customMetrics: Server,
    private readonly values: Map<string, number>,
  ) {}

  static async start(cluster: Cluster, programs: Programs): Promise<Metrics> {
    await simulateKubelets(cluster);
    const port = 32_000 + Math.floor(Math.random() * 700);
    const kubeconfig = ["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"];
    const metricsServer = execa(programs["metrics-server"]!, [
      ...kubeconfig.map((flag) => `--${flag}=${cluster.kubeconfig}`),
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--cert-dir=${join(cluster.directory, "metrics-server")}`,
      "--kubelet-use-node-status-port",
      "--kubelet-insecure-tls",
      "--kubelet-preferred-address-types=Hostname",
      "--metric-resolution=10s",
      "--kubelet-request-timeout=5s",
    ]);
    metricsServer.catch(() => {});
    await register(cluster, "metrics.k8s.io", "v1beta1", port);

    const values = new Map<string, number>();
    const pki = join(cluster.home, "pki");
    const certificate = {
      cert: readFileSync(join(pki, "admin.crt")),
      key: readFileSync(join(pki, "admin.key")),
    };
    const customMetrics = createServer(certificate, (request, response) => {
      answer(cluster, values, new URL(request.url!, "https://localhost")).then(
        (body) => response.setHeader("content-type", "application/json").end(JSON.stringify(body)),
        (error) => response.writeHead(500).end(String(error)),
      );
    });
    await new Promise<void>((resolve) => customMetrics.listen(0, "127.0.0.1", resolve));
    await register(
      cluster,
      "custom.metrics.k8s.io",
      "v1beta2",
      (customMetrics.address() as AddressInfo).port,
    );
    return new Metrics(cluster, metricsServer, customMetrics, values);
  }

  /** What each pod uses from now on. */
  async use({ cpu, memory }: { cpu: string; memory: string }): Promise<void> {
    await this.cluster.kubernetes.apply("/apis/kwok.x-k8s.io/v1alpha1/clusterresourceusages/load", {
      apiVersion: "kwok.x-k8s.io/v1alpha1",
      kind: "ClusterResourceUsage",
      metadata: { name: "load" },
      spec: { usages: [{ usage: { cpu: { value: cpu }, memory: { value: memory } } }] },
    });
  }

  /** The value of a custom metric of each pod, from now on. */
  set(metric: string, value: number): void {
    this.values.set(metric, value);
  }

  async stop(): Promise<void> {
    this.metricsServer.kill();
    await this.metricsServer.catch(() => {});
    this.customMetrics.closeAllConnections();
    await new Promise((resolve) => this.customMetrics.close(resolve));
  }
}

/** The nodes' kubelets are where kwok serves metrics in the form of kubelets. */
async function simulateKubelets({ kubernetes, components }: Cluster): Promise<void> {
  const port = components.find(({ name }) => name === "kwok-controller")!.ports![0]!.port;
  for (const { metadata } of await kubernetes.list("/api/v1/nodes")) {
    const path = `/metrics/nodes/${metadata.name}/metrics/resource`;
    await kubernetes.patch(`/api/v1/nodes/${metadata.name}`, {
      metadata: { annotations: { "metrics.k8s.io/resource-metrics-path": path } },
    });
    await kubernetes.patch(`/api/v1/nodes/${metadata.name}/status`, {
      status: {
        addresses: [{ type: "Hostname", address: "localhost" }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
      },
    });
  }
  const usage = (name: string, help: string, dimension: string, kind: string, value: string) => ({
    name,
    help,
    dimension,
    kind,
    value,
    labels:
      dimension === "node"
        ? []
        : [
            ...(dimension === "container" ? [{ name: "container", value: "container.name" }] : []),
            { name: "namespace", value: "pod.metadata.namespace" },
            { name: "pod", value: "pod.metadata.name" },
          ],
  });
  // The metrics that metrics-server reads, as kubelets name them.
  await kubernetes.apply("/apis/kwok.x-k8s.io/v1alpha1/metrics/kubelet", {
    apiVersion: "kwok.x-k8s.io/v1alpha1",
    kind: "Metric",
    metadata: { name: "kubelet" },
    spec: {
      path: "/metrics/nodes/{nodeName}/metrics/resource",
      metrics: [
        usage("container_start_time_seconds", "start", "container", "gauge", "pod.SinceSecond()"),
        usage(
          "container_cpu_usage_seconds_total",
          "CPU",
          "container",
          "counter",
          'pod.CumulativeUsage("cpu", container.name)',
        ),
        usage(
          "container_memory_working_set_bytes",
          "memory",
          "container",
          "gauge",
          'pod.Usage("memory", container.name)',
        ),
        usage("node_cpu_usage_seconds_total", "CPU", "node", "counter", 'node.CumulativeUsage("cpu")'),
        usage("node_memory_working_set_bytes", "memory", "node", "gauge", 'node.Usage("memory")'),
      ],
    },
  });
}

/** Makes the API server pass requests for an API on to a port of this machine, and waits until it is answered. */
async function register(
  { kubernetes }: Cluster,
  group: string,
  version: string,
  port: number,
): Promise<void> {
  const name = group.replaceAll(".", "-");
  await kubernetes.apply(`/api/v1/namespaces/kube-system/services/${name}`, {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
  });
  const path = `/apis/apiregistration.k8s.io/v1/apiservices/${version}.${group}`;
  await kubernetes.apply(path, {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      service: { namespace: "kube-system", name, port },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  });
  for (let left = 360; left > 0; left--) {
    const { status } = await kubernetes.get(path);
    const available = status?.conditions?.find(({ type }: { type: string }) => type === "Available");
    if (available?.status === "True") return;
    if (left === 1) throw new Error(`${version}.${group}: ${available?.message}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const customApi = "/apis/custom.metrics.k8s.io/v1beta2";

/** The custom metrics API, as far as autoscalers ask it. */
async function answer(
  { kubernetes }: Cluster,
  values: ReadonlyMap<string, number>,
  url: URL,
): Promise<object> {
  const [, namespace, metric] =
    /^.*\/namespaces\/([^/]+)\/pods\/\*\/([^/]+)$/.exec(decodeURIComponent(url.pathname)) ?? [];
  if (!namespace || !metric || !url.pathname.startsWith(customApi))
    return {
      kind: "APIResourceList",
      apiVersion: "v1",
      groupVersion: "custom.metrics.k8s.io/v1beta2",
      resources: [...values.keys()].map((name) => ({
        name: `pods/${name}`,
        singularName: "",
        namespaced: true,
        kind: "MetricValueList",
        verbs: ["get"],
      })),
    };
  const selector = encodeURIComponent(url.searchParams.get("labelSelector") ?? "");
  const pods = await kubernetes.list(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`);
  return {
    kind: "MetricValueList",
    apiVersion: "custom.metrics.k8s.io/v1beta2",
    metadata: {},
    items: pods.map((pod) => ({
      describedObject: { kind: "Pod", namespace, name: pod.metadata.name, apiVersion: "/v1" },
      metric: { name: metric },
      timestamp: new Date().toISOString(),
      value: `${values.get(metric) ?? 0}`,
    })),
  };
}
