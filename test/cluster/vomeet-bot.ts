import { expect } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import type { Workspace } from "../harness/workspace";
import { openConnections, podIn } from "./connectivity";

// vomeet-bot as it is on the API server, for the tests of its stacks.

const api = kubernetes();

export const component = (pod: KubernetesObject) => pod.metadata.labels["app.kubernetes.io/component"];

export async function up(workspace: Workspace, ...flags: string[]) {
  const { exitCode, output } = await workspace.pulumi("up", "--yes", "--skip-preview", ...flags);
  expect(exitCode, output).toBe(0);
}

/** Starts a bot as the bot-manager does: with its rights, from the template, with a name and BOT_CONFIG. */
export async function startBot(namespace: string, meeting: string, runsFor: string) {
  const { metadata, ...job } = await jobTemplate(namespace);
  job.spec.template.spec.containers[0].env.push({ name: "BOT_CONFIG", value: JSON.stringify({ meeting }) });
  // The simulated kubelet lets the bot run on while the test looks at it.
  job.spec.template.metadata.annotations = { "simulation/runs-for": runsFor };
  const dispatcher = kubernetes({ asServiceAccount: `${namespace}:bot-manager` });
  const name = `vomeet-bot-${meeting}`;
  await dispatcher.create(jobsOf(namespace), { ...job, metadata: { ...metadata, name } });
}

export const jobsOf = (namespace: string) => `/apis/batch/v1/namespaces/${namespace}/jobs`;

/** The bot-manager's environment, with what it names read from where it lies. */
export async function environmentOfBotManager(namespace: string): Promise<Record<string, string>> {
  const { spec } = await botManager(namespace);
  const secrets = await secretData(namespace, "vomeet-bot-secrets");
  const variables: Variable[] = spec.template.spec.containers[0].env;
  return Object.fromEntries(
    variables.map(({ name, value, valueFrom }) => {
      if (value !== undefined) return [name, value];
      if (valueFrom?.fieldRef?.fieldPath === "metadata.namespace") return [name, namespace];
      const { name: secret, key } = valueFrom!.secretKeyRef!;
      expect(secret).toBe("vomeet-bot-secrets");
      return [name, secrets[key]!];
    }),
  );
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string };
  };
}

/** What the bot-manager is told of its bots is what their template says. */
export async function expectEnvironmentOfTemplate(namespace: string) {
  const environment = await environmentOfBotManager(namespace);
  const { metadata, spec } = await jobTemplate(namespace);
  const [container] = spec.template.spec.containers;
  expect(`${environment.K8S_BOT_IMAGE_REPOSITORY}:${environment.K8S_BOT_IMAGE_TAG}`).toBe(container.image);
  expect({
    cpu: environment.K8S_BOT_CPU_REQUEST,
    memory: environment.K8S_BOT_MEMORY_REQUEST,
    "ephemeral-storage": "1Gi",
  }).toEqual(container.resources.requests);
  expect({
    cpu: environment.K8S_BOT_CPU_LIMIT,
    memory: environment.K8S_BOT_MEMORY_LIMIT,
    "ephemeral-storage": "7Gi",
  }).toEqual(container.resources.limits);
  expect(environment.K8S_SERVICE_ACCOUNT).toBe(spec.template.spec.serviceAccountName);
  expect(environment.K8S_BOT_ACTIVE_DEADLINE_SECONDS).toBe(`${spec.template.spec.activeDeadlineSeconds}`);
  expect(environment.K8S_BOT_TTL_AFTER_FINISHED).toBe(`${spec.ttlSecondsAfterFinished}`);
  expect(spec.backoffLimit).toBe(0);
  expect(metadata.generateName).toBe("vomeet-bot-");
  expect(metadata.labels).toMatchObject({
    "app.kubernetes.io/name": "vomeet-bot",
    "app.kubernetes.io/component": "bot-instance",
  });
  expect(spec.template.metadata.labels).toEqual(metadata.labels);
}

/** The Job as it lies in the bot-manager's own file. */
export async function jobTemplate(namespace: string): Promise<KubernetesObject> {
  const { spec } = await botManager(namespace);
  const { configMap } = spec.template.spec.volumes.find(
    (volume: { configMap?: object }) => volume.configMap !== undefined,
  );
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/${configMap.name}`);
  return JSON.parse(data["job.json"]);
}

const botManager = (namespace: string) =>
  api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/bot-manager`);

/** Every connection to or from the system that its policies let through. */
export async function matrix(namespace: string): Promise<string[]> {
  const policies = await api.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`);
  const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
  const { template } = await api.get(`/api/v1/namespaces/${namespace}/podtemplates/vomeet-bot`);
  const ours = {
    bot: podIn(namespace, template.metadata.labels),
    ...Object.fromEntries(pods.map((each) => [component(each), podIn(namespace, each.metadata.labels)])),
    "another pod here": podIn(namespace),
  };
  const others = {
    "namespace vomeet": podIn("vomeet"),
    "the ingress controller": podIn("ingress-nginx"),
    "the same labels elsewhere": podIn("elsewhere", template.metadata.labels),
    dns: podIn("kube-system"),
    internet: { address: "93.184.216.34" },
    "the metadata service": { address: "169.254.169.254" },
    "a private address": { address: "10.1.2.3" },
  };
  return openConnections(policies, ours, others, [
    ...[53, 80, 443, 3478, 5432, 6379, 6443, 8000, 8080].map((port) => ["TCP", port] as const),
    ...[53, 443, 3477, 3478, 8080, 19301, 19302, 19309, 19310].map((port) => ["UDP", port] as const),
  ]);
}

export async function secretData(namespace: string, name: string): Promise<Record<string, string>> {
  const { data } = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  return Object.fromEntries(
    Object.entries<string>(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
  );
}

/** The environment of the bot-manager in prod, by the document, and what it does not start without. */
export const documented = {
  ORCHESTRATOR: "k8s",
  K8S_NAMESPACE: "vomeet-bot",
  K8S_SERVICE_ACCOUNT: "vomeet-bot",
  K8S_BOT_IMAGE_REPOSITORY: "ghcr.io/voltade/vomeet-bot",
  K8S_BOT_IMAGE_TAG: "production",
  K8S_BOT_CPU_REQUEST: "1000m",
  K8S_BOT_CPU_LIMIT: "4000m",
  K8S_BOT_MEMORY_REQUEST: "2Gi",
  K8S_BOT_MEMORY_LIMIT: "8Gi",
  K8S_BOT_ACTIVE_DEADLINE_SECONDS: "7200",
  K8S_BOT_TTL_AFTER_FINISHED: "300",
  REDIS_URL: "redis://redis.vomeet:6379/0",
  WHISPER_LIVE_URL: "ws://whisperlive.vomeet:8000/ws",
  K8S_BOT_MANAGER_CALLBACK_URL: "http://bot-manager:8080/bots/internal/callback/exited",
  DB_HOST: "vomeet-cnpg-rw.vomeet",
  DB_PORT: "5432",
  DB_NAME: "vomeet",
  DB_USER: "vomeet",
  DB_PASSWORD: expect.stringContaining("placeholder-db-password"),
  ADMIN_TOKEN: expect.stringContaining("placeholder-admin-token"),
  TRANSCRIPTION_COLLECTOR_URL: "http://vomeet-transcription-collector.vomeet:8000",
};

/** Who reaches whom in prod. */
export const edges = [
  "bot → bot-manager TCP 8080",
  "bot → dns TCP 53",
  "bot → dns UDP 53",
  "bot → internet TCP 443",
  "bot → internet UDP 3478",
  "bot → internet UDP 443",
  "bot → internet UDP 19302",
  "bot → internet UDP 19309",
  "bot → namespace vomeet TCP 6379",
  "bot → namespace vomeet TCP 8000",
  "bot-manager → a private address TCP 443",
  "bot-manager → a private address TCP 6443",
  "bot-manager → dns TCP 53",
  "bot-manager → dns UDP 53",
  "bot-manager → internet TCP 443",
  "bot-manager → internet TCP 6443",
  "bot-manager → namespace vomeet TCP 5432",
  "bot-manager → namespace vomeet TCP 6379",
  "bot-manager → namespace vomeet TCP 8000",
  "namespace vomeet → bot-manager TCP 8080",
  "smoke → bot-manager TCP 8080",
  "smoke → dns TCP 53",
  "smoke → dns UDP 53",
].sort();
