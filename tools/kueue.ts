import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parse, parseAllDocuments, stringify } from "yaml";
import { declaredSystems } from "../systems";
import type { Cluster } from "./cluster";
import { DEFINITIONS, definitionsIn } from "./custom-resources";
import { Failure } from "./failure";
import type { KubernetesObject } from "./kubernetes";
import { freePorts } from "./ports";
import { say } from "./progress";
import { stackConfig } from "./stack-config";
import { type Programs, toolchain } from "./toolchain";

/**
 * Kueue as in a user's cluster, for Jobs: its custom resources, its webhooks with the certificate that it makes itself,
 * and the program that acts on them.
 */
export class Kueue {
  constructor(
    private readonly cluster: Cluster,
    private readonly programs: Programs,
  ) {}

  /** Whether the cluster has it, running or not. */
  get isInstalled(): boolean {
    return existsSync(this.config);
  }

  /** Makes it known to the API server, which asks its webhooks from then on, and starts it. */
  async install(): Promise<void> {
    const api = this.cluster.kubernetes;
    const [port, health] = this.isInstalled ? this.ports() : await freePorts(2);
    const service = { name: SERVICE, namespace: NAMESPACE, port };
    await api.apply(`/api/v1/namespaces/${NAMESPACE}`, object("v1", "Namespace", NAMESPACE));
    await api.apply(`${OF_NAMESPACE}/secrets/${SECRET}`, object("v1", "Secret", SECRET));
    await api.apply(`${OF_NAMESPACE}/services/${SERVICE}`, {
      ...object("v1", "Service", SERVICE),
      spec: { type: "ExternalName", externalName: "localhost", ports: [{ port }] },
    });
    for (const definition of this.definitions()) {
      const { name } = definition.metadata;
      const converts = { clientConfig: { service: { ...service, path: "/convert" } } };
      const webhook = { ...converts, conversionReviewVersions: ["v1"] };
      const conversion = CONVERTED.test(name) && { conversion: { strategy: "Webhook", webhook } };
      await api.apply(`${DEFINITIONS}/${name}`, {
        ...definition,
        spec: { ...definition.spec, ...conversion },
      });
    }
    for (const { path, webhooks, ...configuration } of this.webhooks())
      await api.apply(path, {
        ...configuration,
        webhooks: webhooks.map((webhook) => ({
          ...webhook,
          clientConfig: { service: { ...service, path: webhook.clientConfig.service.path } },
        })),
      });
    mkdirSync(this.certificates, { recursive: true });
    writeFileSync(
      this.config,
      stringify({
        apiVersion: "config.kueue.x-k8s.io/v1beta2",
        kind: "Configuration",
        namespace: NAMESPACE,
        health: { healthProbeBindAddress: `127.0.0.1:${health}` },
        metrics: { bindAddress: "0" },
        webhook: { host: "127.0.0.1", port, certDir: this.certificates },
        leaderElection: { leaderElect: false },
        manageJobsWithoutQueueName: false,
        integrations: { frameworks: ["batch/job"] },
        featureGates: { VisibilityOnDemand: false },
      }),
    );
    await this.start();
  }

  /** Until its webhooks answer: while they do not, the API server takes no Job. */
  async start(): Promise<void> {
    const env = { KUBECONFIG: this.cluster.kubeconfig };
    this.cluster.startBeside(PROGRAM, this.programs[PROGRAM]!, [`--config=${this.config}`], env);
    const [, health] = this.ports();
    for (let left = 600; !(await isReady(health)); left--) {
      if (left === 0)
        throw new Failure(`Kueue does not get ready; its log: ${join(this.cluster.home, "logs/kueue.log")}`);
      await this.mountCertificate();
      await setTimeout(200);
    }
  }

  async stop(): Promise<void> {
    await this.cluster.stopBeside(PROGRAM);
  }

  /** Takes it away with everything of its kinds. */
  async uninstall(): Promise<void> {
    await this.stop();
    const api = this.cluster.kubernetes;
    for (const { path } of this.webhooks()) await api.delete(path);
    for (const { metadata, spec } of this.definitions()) {
      const { name: version } = spec.versions.find(({ storage }: { storage: boolean }) => storage);
      const { plural } = spec.names;
      const objects = `/apis/${spec.group}/${version}`;
      // Nobody is left to take its finalizers away.
      for (const { metadata: of } of await api.list(`${objects}/${plural}`))
        await api.patch(
          `${objects}/${of.namespace ? `namespaces/${of.namespace}/` : ""}${plural}/${of.name}`,
          {
            metadata: { finalizers: null },
          },
        );
      await api.delete(`${DEFINITIONS}/${metadata.name}`);
      while (await api.find(`${DEFINITIONS}/${metadata.name}`)) await setTimeout(100);
    }
    await api.delete(`/api/v1/namespaces/${NAMESPACE}`);
    rmSync(this.certificates, { recursive: true });
  }

  /** Its certificate where it looks for it: in a user's cluster its pod mounts the Secret. */
  private async mountCertificate(): Promise<void> {
    const { data = {} } = await this.cluster.kubernetes.get(`${OF_NAMESPACE}/secrets/${SECRET}`);
    for (const file of ["tls.key", "tls.crt"])
      if (data[file])
        writeFileSync(join(this.certificates, file), data[file], { encoding: "base64", mode: 0o600 });
  }

  private get certificates(): string {
    return join(this.cluster.home, "kueue");
  }

  private get config(): string {
    return join(this.certificates, "config.yaml");
  }

  /** Of its webhooks, and of its health. */
  private ports(): [number, number] {
    const { webhook, health } = parse(readFileSync(this.config, "utf8"));
    return [webhook.port, Number(health.healthProbeBindAddress.split(":")[1])];
  }

  private definitions(): KubernetesObject[] {
    return definitionsIn(join(this.programs["kueue-components"]!, "crd/bases"));
  }

  /** Those of its own kinds and of Jobs, under the names that its release gives them. */
  private webhooks() {
    const file = join(this.programs["kueue-components"]!, "webhook/manifests.yaml");
    return parseAllDocuments(readFileSync(file, "utf8")).map((document) => {
      const { apiVersion, kind, metadata, webhooks } = document.toJS();
      const name = `kueue-${metadata.name}`;
      return {
        ...object(apiVersion, kind, name),
        path: `/apis/${apiVersion}/${kind.toLowerCase()}s/${name}`,
        webhooks: (webhooks as Webhook[]).filter(({ rules }) =>
          rules.every(({ resources: [plural] }) => plural === "jobs" || OWN_KINDS.test(plural)),
        ),
      };
    });
  }
}

interface Webhook {
  readonly clientConfig: { readonly service: { readonly path: string } };
  readonly rules: readonly { readonly resources: readonly [string] }[];
}

/** Kueue beside the local cluster, for a stack whose Jobs wait in its queue. Without a stack, it runs again where it is. */
export async function startKueue(cluster: Cluster, stack?: string): Promise<void> {
  const wanted = stack !== undefined && hasQueue(stack);
  const installed = new Kueue(cluster, {}).isInstalled;
  if (!wanted && !installed) return;
  const kueue = new Kueue(cluster, await toolchain(["kueue"]));
  if (!installed) say("Local cluster: adding Kueue");
  await (installed ? kueue.start() : kueue.install());
}

/** Of a stack whose config is wrong `pulumi up` says so. */
function hasQueue(stack: string): boolean {
  try {
    return declaredSystems(stackConfig(stack)).some(({ declared }) =>
      declared.workloads.some((workload) => workload.kind === "job-template" && workload.queue),
    );
  } catch {
    return false;
  }
}

async function isReady(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function object(apiVersion: string, kind: string, name: string): KubernetesObject {
  return { apiVersion, kind, metadata: { name } };
}

const PROGRAM = "kueue";
const NAMESPACE = "kueue-system";
const OF_NAMESPACE = `/api/v1/namespaces/${NAMESPACE}`;
// As the program itself calls them.
const SERVICE = "kueue-webhook-service";
const SECRET = "kueue-webhook-server-cert";
const CONVERTED = /^(clusterqueues|cohorts|localqueues|multikueueclusters|workloads)\./;
const OWN_KINDS = /^(clusterqueues|cohorts|resourceflavors|workloads)/;
