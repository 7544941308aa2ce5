import type { KubernetesObject } from "../api-server";
import type { DeclaredObject } from "./declared-objects";

/** What a stack needs of its cluster, and the cluster does not have. */
export interface Lack {
  readonly what: string;
  /** The objects that need it. */
  readonly neededBy: readonly string[];
  readonly mend: string;
  /** Whether something that is to be made now would be of no use without it. */
  readonly stops: boolean;
}

export interface Declared {
  readonly declared: readonly DeclaredObject[];
  /** Those of them that are made for the first time. */
  readonly created: readonly DeclaredObject[];
}

/** An object of the cluster that a declared one names. */
export interface Need {
  /** In words: `IngressClass nginx`. */
  readonly what: string;
  /** The object; without metadata, one of all of its kind. */
  readonly object: Pick<KubernetesObject, "apiVersion" | "kind"> &
    Partial<Pick<KubernetesObject, "metadata">>;
  readonly isOneOf?: (object: KubernetesObject) => boolean;
  /** What does as well. */
  readonly orElse?: Pick<Need, "object" | "isOneOf">;
  readonly mend: string;
  /** Whether a new object is of no use without it. */
  readonly isVital: boolean;
}

/** What an object names and somebody else brings. */
export function needsOf(manifest: KubernetesObject, isNew: boolean): Need[] {
  switch (manifest.kind) {
    case "Ingress":
      return ofIngress(manifest);
    case "HTTPRoute":
      return ofRoute(manifest);
    case "PersistentVolumeClaim":
      // A volume that is there needs its class no more.
      return isNew ? [ofClaim(manifest, manifest.spec)] : [];
    default:
      return ofPods(manifest);
  }
}

/** The namespace of somebody else's Secrets, in which a store of secrets gets the right to read them. */
export function namespaceOfOthers({ kind, metadata }: KubernetesObject, made: ReadonlySet<string>): Need[] {
  const { namespace } = metadata;
  if (kind !== "Role" || namespace === undefined || made.has(namespace)) return [];
  return [
    {
      what: `Namespace ${namespace}`,
      object: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      mend: `whoever keeps the Secrets there makes it; or name another (muster:${systemOf({ metadata })}.secrets.external.kubernetes.namespace)`,
      isVital: true,
    },
  ];
}

function ofIngress(ingress: KubernetesObject): Need[] {
  const { annotations = {}, namespace } = ingress.metadata;
  const name = ingress.spec.ingressClassName;
  const [clusterIssuer, issuer] = ["cluster-issuer", "issuer"].map(
    (each) => annotations[`cert-manager.io/${each}`],
  );
  const config = `muster:${systemOf(ingress)}.ingress`;
  const certManager = "cert-manager.io/v1";
  return [
    ...(name
      ? [
          {
            what: `IngressClass ${name}`,
            object: { apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name } },
            mend: `install its controller, or name a class that is there at ${config}.className (kubectl get ingressclasses)`,
            isVital: true,
          },
        ]
      : []),
    ...(clusterIssuer
      ? [
          {
            what: `ClusterIssuer ${clusterIssuer} of cert-manager`,
            object: { apiVersion: certManager, kind: "ClusterIssuer", metadata: { name: clusterIssuer } },
            mend: `install cert-manager and make the issuer, or name one that is there at ${config}.issuer`,
            isVital: true,
          },
        ]
      : []),
    ...(issuer
      ? [
          {
            what: `Issuer ${namespace}/${issuer} of cert-manager`,
            object: { apiVersion: certManager, kind: "Issuer", metadata: { name: issuer, namespace } },
            mend: "make it once the namespace is there; until then there is no certificate",
            isVital: false,
          },
        ]
      : []),
    ...(clusterIssuer || issuer ? [] : ofCertificates(ingress)),
  ];
}

/** Certificates that no issuer makes. */
function ofCertificates({ metadata: { namespace }, spec }: KubernetesObject): Need[] {
  const entries: readonly { secretName?: string }[] = spec.tls ?? [];
  return entries.flatMap(({ secretName: name }) =>
    name === undefined
      ? []
      : {
          what: `Secret ${namespace}/${name} with a certificate`,
          object: { apiVersion: "v1", kind: "Secret", metadata: { name, namespace } },
          mend: `until it is there, the controller's own certificate is served: kubectl create secret tls ${name} --cert FILE --key FILE --namespace ${namespace}`,
          isVital: false,
        },
  );
}

function ofRoute(route: KubernetesObject): Need[] {
  const parents: readonly { name: string; namespace?: string }[] = route.spec.parentRefs ?? [];
  return parents.map(({ name, namespace = route.metadata.namespace }) => ({
    what: `Gateway ${namespace}/${name}`,
    object: {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "Gateway",
      metadata: { name, namespace },
    },
    mend: `make it, or name one that is there at muster:${systemOf(route)}.ingress.gateway`,
    isVital: true,
  }));
}

function ofClaim(owner: KubernetesObject, spec: { readonly storageClassName?: string }): Need {
  const { storageClassName: name } = spec;
  const storageClass = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" };
  const where = `muster:${systemOf(owner)}, storageClass`;
  if (name)
    return {
      what: `StorageClass ${name}`,
      object: { ...storageClass, metadata: { name } },
      // Volumes that somebody made by hand are bound by the name of a class alone.
      orElse: {
        object: { apiVersion: "v1", kind: "PersistentVolume" },
        isOneOf: ({ spec }) => spec.storageClassName === name,
      },
      mend: `make it, or name one that is there (${where}; kubectl get storageclasses)`,
      isVital: true,
    };
  return {
    what: "a default StorageClass",
    object: storageClass,
    isOneOf: ({ metadata: { annotations = {} } }) =>
      ["storageclass", "storageclass.beta"].some(
        (family) => annotations[`${family}.kubernetes.io/is-default-class`] === "true",
      ),
    mend: `mark one as the default, or name one (${where}; kubectl get storageclasses)`,
    isVital: true,
  };
}

function ofPods(manifest: KubernetesObject): Need[] {
  const { namespace } = manifest.metadata;
  const pod = podTemplateOf(manifest)?.spec;
  const pulled: readonly { name: string }[] = pod?.imagePullSecrets ?? [];
  const account: string | undefined = pod?.serviceAccountName;
  // Its own is made with it, and has its name.
  const isOwn = account === undefined || account === manifest.metadata.labels?.["app.kubernetes.io/name"];
  const accounts = isOwn
    ? []
    : [
        {
          what: `ServiceAccount ${namespace}/${account}`,
          object: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace } },
          mend: `no pod is made until it is there: kubectl create serviceaccount ${account} --namespace ${namespace}`,
          isVital: false,
        },
      ];
  const secrets = pulled.map(({ name }) => ({
    what: `pull Secret ${namespace}/${name}`,
    object: { apiVersion: "v1", kind: "Secret", metadata: { name, namespace } },
    mend: `images are not pulled until it is there: kubectl create secret docker-registry ${name} --namespace ${namespace} …`,
    isVital: false,
  }));
  return [...secrets, ...accounts];
}

/** The pods that a workload makes; undefined of what makes none. */
export function podTemplateOf({ kind, spec, template }: KubernetesObject) {
  switch (kind) {
    case "Deployment":
    case "StatefulSet":
    case "Job":
      return spec.template;
    case "CronJob":
      return spec.jobTemplate.spec.template;
    case "PodTemplate":
      return template;
    default:
      return undefined;
  }
}

// What autoscalers are told from where, by the type of a metric.
const metricsApis: Readonly<Record<string, { groups: readonly string[]; what: string; bring: string }>> = {
  Resource: {
    groups: ["metrics.k8s.io"],
    what: "the metrics API (metrics.k8s.io)",
    bring: "metrics-server",
  },
  Pods: {
    groups: ["custom.metrics.k8s.io"],
    what: "an API of custom metrics (custom.metrics.k8s.io)",
    bring: "an adapter such as prometheus-adapter",
  },
  External: {
    groups: ["external.metrics.k8s.io"],
    what: "an API of external metrics (external.metrics.k8s.io)",
    bring: "an adapter such as KEDA or prometheus-adapter",
  },
};
const sameAs: Readonly<Record<string, string>> = { ContainerResource: "Resource", Object: "Pods" };

/** What the autoscalers read, each API once. */
export function metricsNeeds(
  manifests: readonly KubernetesObject[],
): (Lack & { readonly groups: readonly string[] })[] {
  const scalers = manifests.filter(({ kind }) => kind === "HorizontalPodAutoscaler");
  const typesOf = ({ spec }: KubernetesObject): string[] =>
    (spec.metrics ?? []).map(({ type }: { type: string }) => sameAs[type] ?? type);
  return Object.entries(metricsApis).flatMap(([type, { groups, what, bring }]) => {
    const neededBy = scalers
      .filter((each) => typesOf(each).includes(type))
      .map(({ metadata: { namespace, name } }) => `HorizontalPodAutoscaler ${namespace}/${name}`);
    const mend = `install ${bring}; until then the number of pods stays as it is`;
    return neededBy.length > 0 ? [{ groups, what, neededBy, mend, stops: false }] : [];
  });
}

/** The system that an object is a part of. */
export function systemOf({ metadata }: Pick<KubernetesObject, "metadata">): string {
  return metadata.labels?.["app.kubernetes.io/part-of"] ?? "<system>";
}
