import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type ConfigFilesDeclaration, filesDigest } from "./config-files";
import { type ContainerDeclaration, container } from "./container";
import { type Edge, kubernetesApi } from "./edge";
import { secretReference } from "./environment";
import { type Home, labels, selector } from "./labels";
import type { SecretDigest } from "./secret-digest";

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

/** What every workload of our own images says. */
export interface PodDeclaration extends ContainerDeclaration {
  /** Name of its objects in the cluster: a DNS label. */
  readonly name: string;
  /** `app.kubernetes.io/name`, where people select on another than the workload's name. */
  readonly applicationName?: string;
  /** Numeric user and group that it runs as. Never 0. */
  readonly user: number;
  readonly group?: number;
  /** What it reaches: every edge opens the network on both ends, and nothing else does. */
  readonly uses: readonly Edge[];
  readonly placement?: Placement;
  /** Seconds that a pod may take to stop. Default 30, as in Kubernetes. */
  readonly terminationGracePeriodSeconds?: number;
}

/** What all pods of a system have in common. */
export interface PodSettings {
  /** When nodes pull the system's own images. */
  readonly imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  /** Names of existing image pull Secrets. */
  readonly imagePullSecrets: readonly string[];
  readonly secretDigest: SecretDigest;
  /** Says what pods wait for while they are rolled out. */
  readonly watch: pulumi.ResourceHookBinding;
}

export type PodTemplateSpec = {
  metadata: k8s.types.input.meta.v1.ObjectMeta;
  spec: k8s.types.input.core.v1.PodSpec;
};

/** The pod template of a workload: `restricted`, bounded, spread. */
export function podTemplate(
  home: Home,
  settings: PodSettings,
  declared: PodDeclaration,
  serviceAccountName: pulumi.Input<string>,
): PodTemplateSpec {
  const { container: main, volumes } = container(declared.name, declared, settings.imagePullPolicy);
  const placement = declared.placement ?? {};
  return {
    metadata: {
      labels: labels(home, declared.name, { name: declared.applicationName, image: declared.image }),
    },
    spec: {
      serviceAccountName,
      automountServiceAccountToken: declared.uses.includes(kubernetesApi),
      // Without it every Service of the namespace becomes variables like REDIS_PORT=tcp://…, which applications misread.
      enableServiceLinks: false,
      imagePullSecrets: settings.imagePullSecrets.map((name) => ({ name })),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: declared.user,
        runAsGroup: declared.group ?? declared.user,
        fsGroup: declared.group ?? declared.user,
        seccompProfile: { type: "RuntimeDefault" },
      },
      nodeSelector: placement.nodeSelector,
      tolerations: placement.tolerations?.map((each) => ({ ...each })),
      priorityClassName: placement.priorityClassName,
      topologySpreadConstraints: (
        placement.spreadOver ?? ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
      ).map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: selector(home, declared.name) },
        matchLabelKeys: ["pod-template-hash"],
      })),
      terminationGracePeriodSeconds: declared.terminationGracePeriodSeconds ?? 30,
      containers: [main],
      volumes,
    },
  };
}

/** Annotations that change when a file or a secret value changes that the workload reads: then its pods roll. */
export function digests(
  settings: PodSettings,
  declared: PodDeclaration,
): Record<string, pulumi.Input<string>> {
  const mounted = (declared.mounts ?? []).map((mount) => mount.from);
  const files = mounted.filter((from): from is ConfigFilesDeclaration => !("secret" in from));
  const keys = mounted.flatMap((from) =>
    "secret" in from ? from.keys.map((key) => ({ name: from.secret, key })) : [],
  );
  const variables = Object.values(declared.environment ?? {}).flatMap(
    (value) => secretReference(value) ?? [],
  );
  const secrets = settings.secretDigest.of([...keys, ...variables]);
  return {
    ...(files.length > 0 ? { "muster.dev/files": filesDigest(files) } : {}),
    ...(secrets ? { "muster.dev/secrets": secrets } : {}),
  };
}
