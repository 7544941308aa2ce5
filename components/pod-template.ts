import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ConfigFilesDeclaration, filesDigest } from "./config-files";
import { type ContainerDeclaration, container, type Mount } from "./container";
import { type Edge, kubernetesApi } from "./edge";
import { type EnvironmentSource, secretReference } from "./environment";
import { type ImagePullPolicy, type Labelled, labels, type SystemInstance, selector } from "./labels";
import type { SecretDeclaration } from "./secret";
import { type AccountOptions, accountName } from "./service-account";
import type { WorkloadArgs } from "./workload-args";

/** Where the pods of a workload run. All of it is optional, and all of it is the operator's. */
export interface Placement {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly priorityClassName?: string;
  /** Keys of node labels over which the pods spread evenly. Default: nodes, then zones; preferred, not required. */
  readonly spreadOver?: readonly string[];
}

/** A taint that does not keep pods from a node, as Kubernetes writes it. */
export interface Toleration {
  readonly key?: string;
  readonly operator?: "Exists" | "Equal";
  readonly value?: string;
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  readonly tolerationSeconds?: number;
}

/** What an operator may say of the pods of any workload. */
export interface PodOptions {
  /** Names of existing image pull Secrets. */
  readonly imagePullSecrets: readonly string[];
  readonly placement: Placement;
  /** Seconds that a pod may take to stop. Default 30, as in Kubernetes. */
  readonly terminationGracePeriodSeconds?: number;
  /** Whether a node autoscaler may end its pods to save a node; an `emptyDir` does not keep it from that. Default: true. */
  readonly safeToEvict?: boolean;
  /** Annotations of its pods beside Muster's own. */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Its service account: of its own name, with these annotations; or one that is in the namespace already. */
  readonly serviceAccount?: AccountOptions;
}

// The compiler asks for every key of PodOptions here, and for no other.
const podOptionKeys: Readonly<Record<keyof PodOptions, true>> = {
  imagePullSecrets: true,
  placement: true,
  terminationGracePeriodSeconds: true,
  safeToEvict: true,
  podAnnotations: true,
  serviceAccount: true,
};

/** Of a workload's config or declaration, what it says of its pods. */
export function podOptions(said: PodOptions): PodOptions {
  const keys = Object.keys(podOptionKeys) as (keyof PodOptions)[];
  return Object.fromEntries(keys.map((key) => [key, said[key]])) as unknown as PodOptions;
}

/** What every workload of our own images says. */
export interface PodDeclaration<Port extends string = string>
  extends ContainerDeclaration<Port>,
    PodOptions,
    Labelled {
  /** Name of its objects in the cluster, and `app.kubernetes.io/name`: a DNS label. */
  readonly name: string;
  /** Numeric user and group that it runs as. Never 0. */
  readonly user: number;
  readonly group?: number;
  /** What runs to its end in each pod, in this order, before the container of the workload itself starts. */
  readonly initContainers?: readonly (ContainerDeclaration & { readonly name: string })[];
  /** Addresses of hosts by name, which its pods know beside those of DNS. */
  readonly hostAliases?: Readonly<Record<string, string>>;
  /** What it reaches: every edge opens the network on both ends, and nothing else does. */
  readonly uses: readonly Edge[];
  /** What has to be ready before it, or complete if it is a job, although the two do not talk. */
  readonly after?: readonly { readonly name: string }[];
  /** When nodes pull its image. Default: as the system's own images. */
  readonly imagePullPolicy?: ImagePullPolicy;
}

export type PodTemplateSpec = {
  metadata: { labels: Record<string, string>; annotations: Record<string, string> };
  spec: k8s.types.input.core.v1.PodSpec;
};

/** The pod template of a workload: `restricted`, bounded, spread. */
export function podTemplate(system: SystemInstance, declared: PodDeclaration): PodTemplateSpec {
  const imagePullPolicy = declared.imagePullPolicy ?? system.imagePullPolicy;
  const [main, ...before] = [declared, ...(declared.initContainers ?? [])].map((each) =>
    container(each.name, each, imagePullPolicy),
  );
  // What two containers mount is one volume.
  const volumes = new Map([main!, ...before].flatMap((each) => each.volumes.map((one) => [one.name, one])));
  const { placement, imagePullSecrets } = declared;
  const lowest = Math.min(...Object.values(declared.ports ?? {}));
  return {
    metadata: {
      labels: labels(system, declared, declared.image),
      annotations: { ...evictionAnnotations(declared), ...declared.podAnnotations },
    },
    spec: {
      serviceAccountName: accountName(declared),
      automountServiceAccountToken: declared.uses.includes(kubernetesApi),
      // Without it every Service of the namespace becomes variables like REDIS_PORT=tcp://…, which applications misread.
      enableServiceLinks: false,
      imagePullSecrets: imagePullSecrets.map((name) => ({ name })),
      securityContext: {
        runAsNonRoot: true,
        ...(system.userIds === "namespace" ? {} : userAndGroup(declared)),
        // Otherwise every file of a volume is gone through at every start of a pod.
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
        // Ports below 1024 without root: one of the sysctls that the Pod Security Standards call safe.
        sysctls:
          lowest < 1024 ? [{ name: "net.ipv4.ip_unprivileged_port_start", value: `${lowest}` }] : undefined,
      },
      hostAliases:
        declared.hostAliases &&
        Object.entries(declared.hostAliases).map(([name, ip]) => ({ ip, hostnames: [name] })),
      nodeSelector: placement.nodeSelector,
      tolerations: placement.tolerations?.map((each) => ({ ...each })),
      priorityClassName: placement.priorityClassName,
      topologySpreadConstraints: (
        placement.spreadOver ?? ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
      ).map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selector(system, declared) },
        matchLabelKeys: ["pod-template-hash"],
      })),
      terminationGracePeriodSeconds: declared.terminationGracePeriodSeconds ?? 30,
      initContainers: before.length > 0 ? before.map((each) => each.container) : undefined,
      containers: [main!.container],
      volumes: [...volumes.values()],
    },
  };
}

function userAndGroup({ user, group = user }: PodDeclaration) {
  return { runAsUser: user, runAsGroup: group, fsGroup: group };
}

/** What the node autoscalers read: the upstream one and its kin in the clouds, and Karpenter. */
function evictionAnnotations({ safeToEvict = true }: PodOptions): Record<string, string> {
  return {
    "cluster-autoscaler.kubernetes.io/safe-to-evict": `${safeToEvict}`,
    ...(safeToEvict ? {} : { "karpenter.sh/do-not-disrupt": "true" }),
  };
}

/** Annotations that change when a file or a secret value changes that the workload reads: then its pods roll. */
export function digests({
  declared,
  secretDigest,
}: Pick<WorkloadArgs<PodDeclaration>, "declared" | "secretDigest">): Record<string, pulumi.Input<string>> {
  const read = [...(declared.mounts ?? []).map((mount) => mount.from), ...(declared.environmentFrom ?? [])];
  const files = read.filter((from): from is ConfigFilesDeclaration => "files" in from);
  const secrets = secretDigest?.digest(secretsRead(declared));
  return {
    ...(files.length > 0 ? { "muster.dev/files": filesDigest(files) } : {}),
    ...(secrets ? { "muster.dev/secrets": secrets } : {}),
  };
}

/** The keys of Secrets that a pod gets when it starts, and that a change of calls for a new one. */
export function secretsRead(pod: PodDeclaration): { name: string; key: string }[] {
  return [pod, ...(pod.initContainers ?? [])].flatMap(secretsReadIn);
}

function secretsReadIn({
  mounts = [],
  environmentFrom = [],
  environment = {},
}: ContainerDeclaration): { name: string; key: string }[] {
  const keys = [...mounts.map((mount) => mount.from), ...environmentFrom].flatMap((from) => {
    if ("secret" in from) return from.keys.map((key) => ({ name: from.secret.name, key }));
    return isSecret(from) ? Object.keys(from.keys).map((key) => ({ name: from.name, key })) : [];
  });
  return [...keys, ...Object.values(environment).flatMap((value) => secretReference(value) ?? [])];
}

function isSecret(from: Mount["from"] | EnvironmentSource): from is SecretDeclaration {
  return "keys" in from && !("secret" in from);
}
