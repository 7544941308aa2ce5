import { expect } from "vitest";
import { parse } from "yaml";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import type { Workspace } from "../harness/workspace";
import { openConnections, podIn } from "./connectivity";

// rtc-egress as it is on the API server, for the tests of its stacks.

const api = kubernetes();

export const workloadOf = ({ metadata }: KubernetesObject) => metadata.labels["app.kubernetes.io/name"];

/** Its secrets, as `pulumi config set-all` takes them. */
export const rtcEgressSecrets = Object.entries({
  "app-id": "an-app-id",
  "webhook-url": "https://hooks.example.com/agora",
  "webhook-auth-token": "a-webhook-token",
  "web-recorder-auth-token": "a-recorder-token",
}).flatMap(([key, value]) => ["--secret", `rtc-egress:${key}=${value}`]);

/** What the declaration opens; of the ports that are tried, 1024 and 65535 are the ends of the media's range. */
export const edges = [
  ...["egress", "smoke", "web-dispatch", "web-recorder", "webhook-notifier"].flatMap((name) => [
    `${name} → dns TCP 53`,
    `${name} → dns UDP 53`,
  ]),
  ...["egress", "web-dispatch", "webhook-notifier"].map((name) => `${name} → redis TCP 6379`),
  "web-dispatch → web-recorder TCP 3000",
  "smoke → egress TCP 8182",
  "smoke → web-dispatch TCP 8182",
  "smoke → web-recorder TCP 3000",
  "smoke → webhook-notifier TCP 8185",
  ...["egress", "web-recorder", "webhook-notifier"].flatMap((name) => [
    `${name} → internet TCP 443`,
    `${name} → internet TCP 80`,
  ]),
  ...["egress", "web-recorder"].flatMap((name) =>
    [1024, 3478, 6379, 65535].map((port) => `${name} → internet UDP ${port}`),
  ),
].sort();

/** Every connection to or from the system that its policies let through. */
export async function matrix(namespace: string): Promise<string[]> {
  const policies = await api.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`);
  const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
  const egress = pods.find((pod) => workloadOf(pod) === "egress")!;
  const ours = {
    ...Object.fromEntries(pods.map((pod) => [workloadOf(pod), podIn(namespace, pod.metadata.labels)])),
    "another pod here": podIn(namespace),
  };
  const others = {
    dns: podIn("kube-system"),
    "who has tasks": podIn("tasks"),
    prometheus: podIn("monitoring"),
    "the ingress controller": podIn("ingress-nginx"),
    "the same labels elsewhere": podIn("elsewhere", egress.metadata.labels),
    internet: { address: "93.184.216.34" },
    "the metadata service": { address: "169.254.169.254" },
    "a private address": { address: "10.1.2.3" },
  };
  const ports = [
    ...[53, 80, 443, 1024, 3000, 6379, 8090, 8182, 8183, 8185, 9121].map((port) => ["TCP", port] as const),
    ...[53, 443, 1023, 1024, 3478, 6379, 65535].map((port) => ["UDP", port] as const),
  ];
  return openConnections(policies, ours, others, ports);
}

export async function up(workspace: Workspace, ...flags: string[]): Promise<string> {
  const { exitCode, output } = await workspace.pulumi("up", "--yes", "--skip-preview", ...flags);
  expect(exitCode, output).toBe(0);
  return output;
}

/** How many pods of each workload run. */
export async function running(namespace: string): Promise<Record<string, number>> {
  const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
  const count: Record<string, number> = {};
  for (const pod of pods.filter(({ status }) => status.phase === "Running"))
    count[workloadOf(pod)] = (count[workloadOf(pod)] ?? 0) + 1;
  return count;
}

export const autoscaler = (namespace: string, name: string) =>
  api.get(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/${name}`);

export function utilization(name: string, averageUtilization: number) {
  return { type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } };
}

export function perPod(name: string, averageValue: string) {
  return { type: "Pods", pods: { metric: { name }, target: { type: "AverageValue", averageValue } } };
}

export async function podTemplate(namespace: string, name: string) {
  const { spec } = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  return spec.template;
}

/** The generation of each Deployment: it rises with each change. */
export async function generations(namespace: string): Promise<Record<string, number>> {
  const deployments = await api.list(`/apis/apps/v1/namespaces/${namespace}/deployments`);
  return Object.fromEntries(deployments.map(({ metadata }) => [metadata.name, metadata.generation]));
}

export function sizes(cpu: string, memory: string, cpuLimit: string, memoryLimit: string) {
  return { requests: { cpu, memory }, limits: { cpu: cpuLimit, memory: memoryLimit } };
}

/** CPU and memory of a container, without its ephemeral storage. */
export function bound({ requests, limits }: Record<"requests" | "limits", { cpu: string; memory: string }>) {
  return sizes(requests.cpu, requests.memory, limits.cpu, limits.memory);
}

export function portsOf({
  ports,
}: {
  ports: { name: string; containerPort: number }[];
}): Record<string, number> {
  return Object.fromEntries(ports.map(({ name, containerPort }) => [name, containerPort]));
}

/** A workload's variables, with those from Secrets read where they lie. */
export async function environment(namespace: string, name: string): Promise<Record<string, string>> {
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

export async function secretData(namespace: string, name: string): Promise<Record<string, string>> {
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  return Object.fromEntries(
    Object.entries<string>(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
}

/** A file as a workload finds it in /etc/rtc_egress. */
export async function configFile(
  namespace: string,
  name: string,
  file: string,
): Promise<Record<string, unknown>> {
  const { spec } = await podTemplate(namespace, name);
  const { name: volume } = spec.containers[0].volumeMounts.find(
    ({ mountPath }: { mountPath: string }) => mountPath === "/etc/rtc_egress",
  );
  const { configMap } = spec.volumes.find((each: { name: string }) => each.name === volume);
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/${configMap.name}`);
  return parse(data[file]);
}

/** The claims that a pod writes to, and where it mounts each. */
export function writableClaims({ spec }: KubernetesObject): [claim: string, path: string][] {
  const mounts: { name: string; mountPath: string; readOnly?: boolean }[] =
    spec.containers[0].volumeMounts ?? [];
  const volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[] = spec.volumes ?? [];
  return volumes.flatMap(({ name, persistentVolumeClaim }) => {
    const mount = mounts.find((each) => each.name === name && !each.readOnly);
    return persistentVolumeClaim && mount ? [[persistentVolumeClaim.claimName, mount.mountPath]] : [];
  });
}

/** The volume behind each claim. */
export async function volumesOf(namespace: string): Promise<Record<string, string>> {
  const claims = await api.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
  return Object.fromEntries(claims.map(({ metadata, spec }) => [metadata.name, spec.volumeName]));
}
