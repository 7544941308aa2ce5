import * as pulumi from "@pulumi/pulumi";
import type { ClusterNetwork } from "./cluster-network";
import { ConfigFiles } from "./config-files";
import { CronJob } from "./cron-job";
import type { SystemGraph, Workload } from "./declaration";
import { Dispatcher } from "./dispatcher";
import { exportersOf } from "./exporter";
import type { ObjectHooks } from "./hooks";
import { HttpRoutes } from "./http-route";
import type { ImageTerms } from "./image-terms";
import { Ingress, type IngressDeclaration } from "./ingress";
import { Job } from "./job";
import type { JobTemplateWorkload } from "./job-template";
import { resourceName, type UserIds } from "./labels";
import { Namespace } from "./namespace";
import { NetworkPolicies } from "./network-policies";
import { passwordsInUse } from "./passwords-in-use";
import { PersistentVolumeClaim } from "./persistent-volume-claim";
import { PodAdmission } from "./pod-admission";
import { Postgresql } from "./postgresql";
import { PrometheusRule } from "./prometheus-rule";
import { Redis } from "./redis";
import { rolloutArgs, SecretRollout, secretRollout } from "./secret-rollout";
import type { SecretSources } from "./secret-sources";
import type { OperatorAddresses } from "./secret-store";
import { Service, type ServiceArgs } from "./service";
import { predecessors } from "./start-order";
import { systemSecrets } from "./system-secrets";
import { Worker } from "./worker";

export interface SystemArgs {
  readonly stack: string;
  /** The declaration, checked (`systemGraph`). */
  readonly declared: SystemGraph;
  readonly secrets: SecretSources;
  /** The API of the External Secrets Operator, where keys come from it. Default: `external-secrets.io/v1`. */
  readonly externalSecretsApi?: string;
  readonly operatorAddresses?: OperatorAddresses;
  readonly hooks?: ObjectHooks;
  /** What its cluster is called in Pulumi's record. Default: its namespace does not say. */
  readonly cluster?: string;
  /** Whether its namespace may have been there before, so that `destroy` leaves it. Default: false. */
  readonly adopts?: boolean;
  /** Whether the API server is given policies too: they are objects of the whole cluster. Default: true. */
  readonly admissionPolicies?: boolean;
  /** What the images of its pods have to be. Default: any. */
  readonly images?: ImageTerms;
  /** The API of MutatingAdmissionPolicy. Default: the cluster has none. */
  readonly mutatingPolicyApi?: string;
  /** What the network of the cluster is like. */
  readonly network?: ClusterNetwork;
  /** Who says which user pods run as. Default: their declaration. */
  readonly userIds?: UserIds;
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

  constructor(name: string, args: SystemArgs, opts?: pulumi.ComponentResourceOptions) {
    const podTemplates: unknown[] = [];
    // As they are declared: what is left to others in the cluster makes no other roll-out.
    const transformations = [noting(podTemplates), ...(opts?.transformations ?? []), deletedBeforeReplaced];
    super("muster:index:System", name, {}, { ...opts, transformations });
    const { stack, declared, hooks, userIds, adopts = false, admissionPolicies = true } = args;
    const { mutatingPolicyApi, cluster, images } = args;
    const { imagePullPolicy } = declared;
    const policies = { admissionPolicies, mutatingPolicyApi, images };
    const identity = { name: declared.name, stack, imagePullPolicy, userIds, ...policies };
    const kept = keeps(declared);
    this.keeps = kept.length === 0 && adopts ? [`namespace ${declared.namespace}`] : kept;
    const namespace = new Namespace(
      name,
      { system: identity, namespace: declared.namespace, kept: kept.length > 0, adopts, cluster },
      { parent: this },
    );
    const system = { ...identity, namespace: namespace.name };
    // First, so that no pod of this update is judged by what was asked before it.
    const admission = admissionPolicies
      ? [new PodAdmission(resourceName(system, "pods"), { system }, { parent: this })]
      : [];
    const servers = deferred<pulumi.Resource[]>();
    const {
      passwords,
      logins,
      digest,
      resources: secrets,
    } = systemSecrets({ ...args, system, credentials: servers.promise }, this);
    const files = declared.files.map(
      (each) =>
        new ConfigFiles(resourceName(system, each.name), { system, declared: each }, { parent: this }),
    );
    const claims = declared.claims.map(
      (each) =>
        new PersistentVolumeClaim(
          resourceName(system, each.name),
          { system, declared: each },
          { parent: this },
        ),
    );
    const { external } = args.secrets;
    const rollout = external && rolloutArgs(declared, external);
    const exporters = exportersOf(declared);
    const workloads = [...declared.workloads, ...exporters];
    const network = new NetworkPolicies(
      name,
      {
        system,
        workloads: [...workloads, ...(rollout ? [secretRollout(rollout)] : [])],
        exposed: declared.ingress && exposed(declared.ingress),
        monitoringNamespace: declared.monitoring?.namespace,
        network: args.network,
      },
      { parent: this },
    );
    const shared = { system, hooks, secretDigest: digest, monitoring: declared.monitoring, podTemplates };
    const started = new Map<string, pulumi.Resource>();
    for (const workload of declared.workloads) {
      // Its dispatcher makes it.
      if (workload.kind === "job-template") continue;
      const before = predecessors(workload).flatMap((name) => started.get(name) ?? []);
      const dependsOn = [...admission, ...secrets, ...files, ...claims, network, ...before];
      started.set(workload.name, start(workload, shared, { passwords, logins }, { parent: this, dependsOn }));
    }
    for (const exporter of exporters) {
      const dependsOn = [
        ...admission,
        network,
        ...predecessors(exporter).flatMap((name) => started.get(name) ?? []),
      ];
      started.set(exporter.name, start(exporter, shared, { passwords, logins }, { parent: this, dependsOn }));
    }
    if (declared.monitoring && declared.monitoring.takesRules !== false)
      new PrometheusRule(name, { system, declared, monitoring: declared.monitoring }, { parent: this });
    servers.resolve(
      [...started.values()].flatMap((made) =>
        made instanceof Redis || made instanceof Postgresql ? made.credentials : [],
      ),
    );
    passwordsInUse({ system, workloads, secretDigest: digest, started, hooks }, this);
    if (rollout)
      new SecretRollout(
        resourceName(system, "secret-rollout"),
        { system, ...rollout },
        { parent: this, dependsOn: [...admission, network] },
      );
    if (declared.ingress) {
      const { ingress } = declared;
      const { gateway } = ingress;
      const routes = resourceName(system, ingress.name);
      const behind = exposed(ingress).workloads.map((name) => started.get(name)!);
      const opts = { parent: this, dependsOn: behind };
      if (gateway) new HttpRoutes(routes, { system, declared: ingress, gateway }, opts);
      else new Ingress(routes, { system, declared: ingress }, opts);
      this.url = `${ingress.tls ? "https" : "http"}://${ingress.hosts[0]!.host}`;
    }
    this.namespace = namespace.name;
    this.workloads = declared.workloads.map(({ name }) => name);
    this.registerOutputs({ namespace: this.namespace, url: this.url, workloads: this.workloads });
  }
}

/**
 * An object that was replaced under its own name would be gone: creating it takes over what is there, and what is there
 * is deleted next. The provider says so itself, but not of `--replace`, of a taint, or of a cluster by another name.
 */
function deletedBeforeReplaced({ type, props, opts }: pulumi.ResourceTransformationArgs) {
  return type.startsWith("kubernetes:") ? { props, opts: { ...opts, deleteBeforeReplace: true } } : undefined;
}

/** Keeps the templates of the pods that are rolled out, for what comes after all of them. */
function noting(podTemplates: unknown[]): pulumi.ResourceTransformation {
  return ({ type, props }) => {
    if (/^kubernetes:apps.v1:(Deployment|StatefulSet)$/.test(type)) podTemplates.push(props.spec.template);
    return undefined;
  };
}

function start(
  declared: Exclude<Workload, JobTemplateWorkload>,
  { podTemplates, ...shared }: Omit<ServiceArgs, "declared"> & { readonly podTemplates: readonly unknown[] },
  { passwords, logins }: Pick<ReturnType<typeof systemSecrets>, "passwords" | "logins">,
  opts: pulumi.ComponentResourceOptions,
): pulumi.Resource {
  const name = resourceName(shared.system, declared.name);
  switch (declared.kind) {
    case "redis":
      return new Redis(name, { ...shared, declared, password: passwords[declared.name]! }, opts);
    case "postgresql":
      return new Postgresql(
        name,
        { ...shared, declared, password: passwords[declared.name]!, login: logins[declared.name]! },
        opts,
      );
    case "service":
      return new Service(name, { ...shared, declared }, opts);
    case "worker":
      return new Worker(name, { ...shared, declared }, opts);
    case "job":
      return new Job(name, { ...shared, declared, ...(declared.afterRollouts && { podTemplates }) }, opts);
    case "cron-job":
      return new CronJob(name, { ...shared, declared }, opts);
    case "dispatcher":
      return new Dispatcher(name, { ...shared, declared }, opts);
  }
}

function deferred<T>() {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}

function exposed({ hosts, controllerNamespace, sourceCidrs, gateway }: IngressDeclaration) {
  const names = hosts.flatMap(({ routes }) => routes.map(({ to }) => to.name));
  const throughGateway = gateway && (gateway.proxyNamespace ?? gateway.namespace);
  return {
    workloads: [...new Set(names)],
    proxyNamespace: throughGateway ?? controllerNamespace,
    proxyCidrs: sourceCidrs,
  };
}

/** What `destroy` leaves in the cluster, in words. */
function keeps({ namespace, claims, workloads }: SystemGraph): string[] {
  const data = workloads.flatMap((workload) => {
    if (workload.kind === "postgresql" || (workload.kind === "redis" && workload.persistence))
      return [`volume data-${workload.name}-0, with the data of ${workload.name}`];
    if (workload.kind !== "job-template" || !workload.outlives) return [];
    const queue = workload.queue && !workload.queue.localQueue ? [`queue ${workload.name} of Kueue`] : [];
    return [`running Jobs of ${workload.name}, until they end`, ...queue];
  });
  const kept = [...claims.map(({ name }) => `volume ${name}`), ...data];
  return kept.length > 0 ? [`namespace ${namespace}`, ...kept] : [];
}
