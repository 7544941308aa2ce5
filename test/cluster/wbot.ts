import { expect } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import type { Workspace } from "../harness/workspace";
import { openConnections, podIn } from "./connectivity";

// What the tests of wbot on a cluster ask of it.

const api = kubernetes();

export const isReady = ({ status }: KubernetesObject) =>
  status.conditions?.some(
    (each: { type: string; status: string }) => each.type === "Ready" && each.status === "True",
  );
export const component = ({ metadata }: KubernetesObject) => metadata.labels["app.kubernetes.io/component"];

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { name: string; key: string; optional?: boolean } };
}

export interface IngressPath {
  readonly path: string;
  readonly pathType: string;
  readonly backend: { readonly service: { readonly name: string; readonly port: { readonly name: string } } };
}

export async function up(workspace: Workspace, ...flags: string[]): Promise<string> {
  const { exitCode, output } = await workspace.pulumi("up", "--yes", "--skip-preview", ...flags);
  expect(exitCode, output).toBe(0);
  return output;
}

export async function configure(
  workspace: Workspace,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  const paths = Object.entries(settings).map(([path, value]) => [`muster:wbot.${path}`, value]);
  await workspace.configure(Object.fromEntries(paths));
}

export const deploymentOf = (namespace: string, name: string) =>
  api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);

export const podSpecOf = async (namespace: string, name: string) =>
  (await deploymentOf(namespace, name)).spec.template.spec;

export const containerOf = async (namespace: string, name: string) =>
  (await podSpecOf(namespace, name)).containers[0];

export const ingressOf = (namespace: string) =>
  api.get(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/wbot-ingress`);

export async function generations(namespace: string): Promise<Record<string, number>> {
  const deployments = await api.list(`/apis/apps/v1/namespaces/${namespace}/deployments`);
  return Object.fromEntries(deployments.map(({ metadata }) => [metadata.name, metadata.generation]));
}

/** A workload's environment, with what it names read from where it lies. */
export async function environmentOf(
  namespace: string,
  name: string,
): Promise<Record<string, string | undefined>> {
  const { env, envFrom = [] } = await containerOf(namespace, name);
  const environment: Record<string, string | undefined> = {};
  for (const { configMapRef } of envFrom)
    Object.assign(
      environment,
      (await api.get(`/api/v1/namespaces/${namespace}/configmaps/${configMapRef.name}`)).data,
    );
  for (const { name, value, valueFrom } of env as Variable[])
    environment[name] =
      value ?? (await secretData(namespace, valueFrom!.secretKeyRef.name))[valueFrom!.secretKeyRef.key];
  return environment;
}

export async function secretData(namespace: string, name: string): Promise<Record<string, string>> {
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  return Object.fromEntries(
    Object.entries<string>(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
}

/** What stands on the local cluster for a secret without a value. */
export const placeholder = (key: string) => expect.stringMatching(`^placeholder-${key}-`);
export const placeholders = (keys: readonly string[]) =>
  Object.fromEntries(keys.map((key) => [key, placeholder(key)]));

export async function open(namespace: string): Promise<string[]> {
  const policies = await api.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`);
  const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
  const ours = Object.fromEntries(pods.map((pod) => [component(pod), podIn(namespace, pod.metadata.labels)]));
  const others = {
    "the ingress controller": podIn("ingress-nginx"),
    "the same labels elsewhere": podIn("elsewhere", pods[0]!.metadata.labels),
    dns: podIn("kube-system"),
    internet: { address: "93.184.216.34" },
    "the metadata service": { address: "169.254.169.254" },
    "the managed Redis": { address: "10.7.1.2" },
    "a private address": { address: "10.1.2.3" },
  };
  const tcp = [53, 80, 443, 3000, 5432, 6379, 6380, 6443, 6543, 8000].map((port) => ["TCP", port] as const);
  const udp = [53, 443].map((port) => ["UDP", port] as const);
  return openConnections(policies, { ...ours, "another pod here": podIn(namespace) }, others, [
    ...tcp,
    ...udp,
  ]);
}
