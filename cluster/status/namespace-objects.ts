import { type ApiServer, KubernetesError, type KubernetesObject } from "../api-server";

// Where lists are, and of which the names and times are enough: nobody need read Secrets for a status.
const lists = {
  Deployment: { api: "apis/apps/v1", name: "deployments" },
  StatefulSet: { api: "apis/apps/v1", name: "statefulsets" },
  ControllerRevision: { api: "apis/apps/v1", name: "controllerrevisions", metadataOnly: true },
  Pod: { api: "api/v1", name: "pods" },
  Event: { api: "api/v1", name: "events" },
  Job: { api: "apis/batch/v1", name: "jobs" },
  CronJob: { api: "apis/batch/v1", name: "cronjobs" },
  HorizontalPodAutoscaler: { api: "apis/autoscaling/v2", name: "horizontalpodautoscalers" },
  PodDisruptionBudget: { api: "apis/policy/v1", name: "poddisruptionbudgets" },
  PersistentVolumeClaim: { api: "api/v1", name: "persistentvolumeclaims" },
  Secret: { api: "api/v1", name: "secrets", metadataOnly: true },
  ExternalSecret: { api: "apis/external-secrets.io/v1", name: "externalsecrets" },
  SecretStore: { api: "apis/external-secrets.io/v1", name: "secretstores" },
  Ingress: { api: "apis/networking.k8s.io/v1", name: "ingresses" },
  HTTPRoute: { api: "apis/gateway.networking.k8s.io/v1", name: "httproutes" },
  Workload: { api: "apis/kueue.x-k8s.io/v1beta2", name: "workloads" },
  Certificate: { api: "apis/cert-manager.io/v1", name: "certificates" },
} as const;

export type ListedKind = keyof typeof lists;

/** What makes pods, and what is said of them. */
export const podKinds = ["Deployment", "StatefulSet", "Job", "Pod", "Event"] as const;

/** Lists of a namespace, of the kinds that were asked for. */
export interface NamespaceObjects {
  /** None of a kind that the cluster does not serve, or whose list its user may not read. */
  readonly of: (...kinds: ListedKind[]) => readonly KubernetesObject[];
  /** Kinds whose lists its user may not read. */
  readonly unread: readonly ListedKind[];
}

/** Reads one list for each kind. */
export async function namespaceObjects(
  api: ApiServer,
  namespace: string,
  kinds: readonly ListedKind[] = Object.keys(lists) as ListedKind[],
): Promise<NamespaceObjects> {
  const unread = new Set<ListedKind>();
  const read = async (kind: ListedKind) => {
    const { api: root, name } = lists[kind];
    try {
      const path = `/${root}/namespaces/${namespace}/${name}`;
      const { items } = await api.get(path, "metadataOnly" in lists[kind] ? metadataOnly : undefined);
      return (items ?? []).map((item: KubernetesObject) => ({ ...item, kind }));
    } catch (error) {
      if (!(error instanceof KubernetesError) || ![403, 404].includes(error.status)) throw error;
      if (error.status === 403) unread.add(kind);
      return [];
    }
  };
  const found = new Map(await Promise.all(kinds.map(async (kind) => [kind, await read(kind)] as const)));
  return {
    of: (...wanted) => wanted.flatMap((kind) => found.get(kind) ?? []),
    unread: kinds.filter((kind) => unread.has(kind)),
  };
}

/** The form of a list that has names and times alone. */
export const metadataOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
