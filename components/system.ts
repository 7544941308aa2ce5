import * as pulumi from "@pulumi/pulumi";
import { rolloutWatch } from "../cluster/rollout-watch";
import { scaleHandover } from "../cluster/scale-handover";
import { settled } from "../cluster/settled";
import { ConfigFiles, type ConfigFilesDeclaration } from "./config-files";
import { Dispatcher, type DispatcherWorkload } from "./dispatcher";
import { isExternal } from "./edge";
import { ExternalSecret, externalKeys, type StoredAt } from "./external-secret";
import { HttpRoutes } from "./http-route";
import { Ingress, type IngressDeclaration } from "./ingress";
import { Job, type JobWorkload } from "./job";
import type { JobTemplateWorkload } from "./job-template";
import { type Home, resourceName } from "./labels";
import { Namespace } from "./namespace";
import { NetworkPolicies } from "./network-policies";
import { onepasswordValues } from "./onepassword-item";
import { type ClaimDeclaration, PersistentVolumeClaim } from "./persistent-volume-claim";
import type { PodSettings } from "./pod-template";
import { Postgresql, type PostgresqlWorkload } from "./postgresql";
import { generatedPassword, Redis, type RedisWorkload } from "./redis";
import { Secret, type SecretDeclaration } from "./secret";
import { SecretDigest } from "./secret-digest";
import { rolloutArgs, SecretRollout, secretRollout } from "./secret-rollout";
import { SecretStore, type SecretStoreArgs, type StoreDeclaration } from "./secret-store";
import { Service, type ServiceWorkload } from "./service";
import type { Monitoring } from "./service-monitor";
import { Worker, type WorkerWorkload } from "./worker";

/** What runs in a system. */
export type Workload =
  | ServiceWorkload
  | WorkerWorkload
  | JobWorkload
  | DispatcherWorkload
  | JobTemplateWorkload
  | RedisWorkload
  | PostgresqlWorkload;

/** An application as a whole, in one namespace: everything that Muster makes follows from this. */
export interface SystemDeclaration {
  readonly name: string;
  readonly namespace: string;
  readonly imagePullPolicy: PodSettings["imagePullPolicy"];
  readonly imagePullSecrets: readonly string[];
  readonly secrets: readonly SecretDeclaration[];
  readonly files: readonly ConfigFilesDeclaration[];
  /** Volumes that several workloads mount, or several pods of one. */
  readonly claims?: readonly ClaimDeclaration[];
  /** In the order in which they start: what a workload uses, or comes after, stands before it. */
  readonly workloads: readonly Workload[];
  readonly ingress?: IngressDeclaration;
  /** Where the Prometheus lives that scrapes the workloads with metrics. Left out: nothing is scraped. */
  readonly monitoring?: Monitoring;
}

export interface SystemArgs {
  readonly stack: string;
  /** Context of the kubeconfig that the stack goes to. Default: its current context. */
  readonly context?: string;
  readonly declared: SystemDeclaration;
  readonly secrets: SecretsArgs;
  /** The API of the External Secrets Operator, where keys come from it. */
  readonly externalSecretsApi?: string;
  readonly beyondPods?: SecretStoreArgs["beyondPods"];
}

/** Where the values of the secrets come from, key by key. */
export interface SecretsArgs {
  /** Values of the secret keys that the operator supplies. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys without a value, for which a placeholder is made: on the local cluster only. */
  readonly missing: readonly string[];
  /** Keys of which any value would do, and how long it is. */
  readonly generated: Readonly<Record<string, number>>;
  /** Keys that Pulumi reads in 1Password. */
  readonly onepassword?: { readonly vault: string; readonly keys: Readonly<Record<string, StoredAt>> };
  /** Keys that the External Secrets Operator brings. */
  readonly external?: ExternalArgs;
}

export interface ExternalArgs {
  readonly store: StoreDeclaration;
  readonly refreshInterval: string;
  /** The image of the CronJob that rolls what reads a changed Secret. */
  readonly kubectlImage: string;
  readonly keys: Readonly<Record<string, StoredAt>>;
  /** The key that holds the credentials of the store. */
  readonly token?: string;
}

/** Everything of one system, made in the order in which it depends on each other. */
export class System extends pulumi.ComponentResource {
  readonly namespace: pulumi.Output<string>;
  /** Address of the ingress, where there is one. */
  readonly url?: string;
  /** Names of the workloads, in the order in which they start. */
  readonly workloads: readonly string[];
  /** What `destroy` leaves in the cluster, in words. */
  readonly keeps: readonly string[];

  constructor(args: SystemArgs, opts: pulumi.ComponentResourceOptions) {
    const { stack, context, declared, secrets: given } = args;
    super("muster:index:System", declared.name, {}, { ...opts, transformations: [deletedBeforeReplaced] });
    const identity = { system: declared.name, stack };
    const namespaceArgs = { name: declared.namespace, kept: keeps(declared).length > 0 };
    const namespace = new Namespace(identity, namespaceArgs, { parent: this });
    const home: Home = { ...identity, namespace: namespace.name };
    const supplied = {
      ...given.values,
      ...this.placeholders(home, given.missing),
      ...this.generated(home, given.generated),
      ...(given.onepassword && onepasswordValues(given.onepassword.vault, given.onepassword.keys)),
    };
    const passwords = this.passwords(home, declared.workloads);
    const { imagePullPolicy, imagePullSecrets } = declared;
    const settles = settled(resourceName(home, "settled"), context);
    const settings: PodSettings = {
      imagePullPolicy,
      imagePullSecrets,
      secretDigest: this.secretDigest(home),
      scaleHandover: scaleHandover(resourceName(home, "scale"), context),
      watch: rolloutWatch(resourceName(home, "rollout"), settles, context),
      monitoring: declared.monitoring,
    };
    const store = this.store(home, args, supplied);
    const secrets = declared.secrets.flatMap((each) => {
      const secret = new Secret(home, { declared: each, supplied, passwords }, { parent: this });
      settings.secretDigest.add(each.name, secret.values);
      const external = store && this.externalSecret(home, each, args, store, secret, settles);
      return external ? [secret, external] : [secret];
    });
    const files = declared.files.map((each) => new ConfigFiles(home, each, { parent: this }));
    const claims = (declared.claims ?? []).map(
      (each) => new PersistentVolumeClaim(home, each, { parent: this }),
    );
    const rollout = given.external && rolloutArgs(declared, given.external);
    const network = new NetworkPolicies(
      home,
      {
        workloads: [...declared.workloads, ...(rollout ? [secretRollout(rollout)] : [])],
        exposed: declared.ingress && exposed(declared.ingress),
        monitoringNamespace: declared.monitoring?.namespace,
      },
      { parent: this },
    );
    const started = new Map<string, pulumi.Resource>();
    for (const workload of declared.workloads) {
      // Nothing starts of a Job template: its dispatcher makes it, and the dispatcher's Jobs start later.
      if (workload.kind === "job-template") continue;
      const before = predecessors(workload).map((name) => mustHave(started, name, workload));
      const opts = { parent: this, dependsOn: [...secrets, ...files, ...claims, network, ...before] };
      started.set(workload.name, start(home, settings, workload, passwords, opts));
    }
    if (rollout) new SecretRollout(home, settings, rollout, { parent: this, dependsOn: network });
    if (declared.ingress) {
      const { ingress } = declared;
      const behind = exposed(ingress).workloads.map((name) => started.get(name)!);
      const opts = { parent: this, dependsOn: behind };
      if (ingress.gateway) new HttpRoutes(home, ingress, ingress.gateway, opts);
      else new Ingress(home, ingress, opts);
      this.url = `${ingress.tls ? "https" : "http"}://${ingress.hosts[0]!.host}`;
    }
    this.namespace = namespace.name;
    this.workloads = declared.workloads.map((each) => each.name);
    this.keeps = keeps(declared);
    this.registerOutputs({ namespace: this.namespace, url: this.url, workloads: this.workloads });
  }

  private passwords(home: Home, workloads: readonly Workload[]): Record<string, pulumi.Output<string>> {
    const owners = workloads.filter(({ kind }) => kind === "redis" || kind === "postgresql");
    return Object.fromEntries(
      owners.map((each) => [each.name, generatedPassword(resourceName(home, each.name), { parent: this })]),
    );
  }

  private generated(home: Home, lengths: Readonly<Record<string, number>>) {
    return Object.fromEntries(
      Object.entries(lengths).map(([key, length]) => [
        key,
        generatedPassword(resourceName(home, key), { parent: this }, length),
      ]),
    );
  }

  private store(
    home: Home,
    { secrets: { external }, externalSecretsApi, beyondPods }: SystemArgs,
    supplied: Readonly<Record<string, pulumi.Input<string>>>,
  ): SecretStore | undefined {
    if (!external) return undefined;
    const items = [...new Set(Object.values(external.keys).map(({ item }) => item))];
    // To RBAC a list of no names is every name.
    if (items.length === 0) return undefined;
    const token = external.token ? pulumi.secret(supplied[external.token]!) : undefined;
    const args = { declared: external.store, items, token, apiVersion: externalSecretsApi!, beyondPods };
    return new SecretStore(home, args, { parent: this });
  }

  /** The keys of a Secret that the operator brings; undefined where there is none. */
  private externalSecret(
    home: Home,
    declared: SecretDeclaration,
    { secrets: { external }, externalSecretsApi }: SystemArgs,
    store: SecretStore,
    secret: Secret,
    settled: pulumi.ResourceHook,
  ): ExternalSecret | undefined {
    const keys = externalKeys(declared, external!.keys);
    if (Object.keys(keys).length === 0) return undefined;
    const args = {
      secret: declared.name,
      keys,
      store: store.name,
      refreshInterval: external!.refreshInterval,
      apiVersion: externalSecretsApi!,
      settled,
    };
    return new ExternalSecret(home, args, { parent: this, dependsOn: [store, secret] });
  }

  private placeholders(home: Home, missing: readonly string[]): Record<string, pulumi.Output<string>> {
    if (missing.length === 0) return {};
    pulumi.log.info(`placeholders stand for secrets without a value: ${missing.join(", ")}`, this);
    const unique = generatedPassword(resourceName(home, "placeholder"), { parent: this });
    return Object.fromEntries(missing.map((key) => [key, pulumi.interpolate`placeholder-${key}-${unique}`]));
  }

  private secretDigest(home: Home): SecretDigest {
    return new SecretDigest(generatedPassword(resourceName(home, "digest-key"), { parent: this }));
  }
}

/**
 * An object that was replaced under its own name would be gone: creating it takes over what is there, and what is there
 * is deleted next. The provider says so itself, but not of `--replace`, of a taint, or of a cluster by another name.
 */
function deletedBeforeReplaced({ type, props, opts }: pulumi.ResourceTransformationArgs) {
  return type.startsWith("kubernetes:") ? { props, opts: { ...opts, deleteBeforeReplace: true } } : undefined;
}

function start(
  home: Home,
  settings: PodSettings,
  workload: Exclude<Workload, JobTemplateWorkload>,
  passwords: Readonly<Record<string, pulumi.Output<string>>>,
  opts: pulumi.ComponentResourceOptions,
): pulumi.Resource {
  switch (workload.kind) {
    case "redis":
      return new Redis(home, settings, workload, passwords[workload.name]!, opts);
    case "postgresql":
      return new Postgresql(home, settings, workload, passwords[workload.name]!, opts);
    case "service":
      return new Service(home, settings, workload, opts);
    case "worker":
      return new Worker(home, settings, workload, opts);
    case "job":
      return new Job(home, settings, workload, opts);
    case "dispatcher":
      return new Dispatcher(home, settings, workload, opts);
  }
}

/** The names of those that have to stand before it. */
function predecessors(workload: Workload): string[] {
  const used = workload.uses.flatMap((edge) => (isExternal(edge) ? [] : edge.name));
  return [...used, ...("after" in workload ? (workload.after ?? []).map(({ name }) => name) : [])];
}

function mustHave(
  started: ReadonlyMap<string, pulumi.Resource>,
  name: string,
  user: Workload,
): pulumi.Resource {
  const found = started.get(name);
  if (found) return found;
  throw new Error(`${user.name} needs ${name}, which has to stand before it in the system's workloads.`);
}

function exposed({ hosts, controllerNamespace, gateway }: IngressDeclaration) {
  const names = hosts.flatMap(({ routes }) => routes.map(({ to }) => to.name));
  const throughGateway = gateway && (gateway.proxyNamespace ?? gateway.namespace);
  return { workloads: [...new Set(names)], proxyNamespace: throughGateway ?? controllerNamespace };
}

/** What `destroy` leaves in the cluster, in words. */
function keeps({ namespace, claims = [], workloads }: SystemDeclaration): string[] {
  const data = workloads.flatMap((workload) => {
    if (workload.kind === "postgresql" || (workload.kind === "redis" && workload.persistence))
      return [`volume data-${workload.name}-0, with the data of ${workload.name}`];
    return workload.kind === "job-template" && workload.outlives
      ? [`running Jobs of ${workload.name}, until they end`]
      : [];
  });
  const kept = [...claims.map(({ name }) => `volume ${name}`), ...data];
  return kept.length > 0 ? [`namespace ${namespace}`, ...kept] : [];
}
