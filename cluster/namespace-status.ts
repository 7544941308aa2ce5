import { kubectl } from "./kubectl";

export interface NamespaceStatus {
  readonly workloads: readonly Workload[];
  readonly jobs: { readonly running: number; readonly succeeded: number; readonly failed: number };
}

export interface Workload {
  readonly name: string;
  readonly ready: number;
  readonly desired: number;
  /** Whether all of them are ready, and of the version that was last asked for. */
  readonly isDone: boolean;
  readonly image: string;
  /** Why pods of it cannot be created at all: a quota, or a pod that the namespace refuses. */
  readonly refused: readonly Condition[];
  /** Its pods that are not ready, each with what the cluster says of it. */
  readonly notReady: readonly { readonly name: string; readonly because: readonly Condition[] }[];
}

export interface Condition {
  readonly reason: string;
  readonly message?: string;
}

/** What runs in a namespace, from the API server, through kubectl. */
export async function namespaceStatus(namespace: string, context?: string): Promise<NamespaceStatus> {
  const of = await objectsOf(namespace, context);
  const jobs = of("Job").map(({ status }) => status ?? {});
  return {
    workloads: of("Deployment", "StatefulSet").map((controller) =>
      workload(controller, of("Pod"), of("Event")),
    ),
    jobs: {
      running: sum(jobs.map(({ active }) => active)),
      succeeded: sum(jobs.map(({ succeeded }) => succeeded)),
      failed: sum(jobs.map(({ failed }) => failed)),
    },
  };
}

/** Why a Deployment, StatefulSet or Job is not ready, a line for each pod and for each of its reasons. */
export async function reasonsFor(name: string, namespace: string, context?: string): Promise<string[]> {
  const of = await objectsOf(namespace, context);
  const found = of("Deployment", "StatefulSet", "Job").find(({ metadata }) => metadata.name === name);
  return found ? reasonsOf(workload(found, of("Pod"), of("Event"))) : [];
}

async function objectsOf(namespace: string, context?: string) {
  const kinds = "deployments.apps,statefulsets.apps,jobs.batch,pods,events";
  const found = await kubectl(["get", kinds, "--namespace", namespace, "--output=json"], { context });
  const { items } = JSON.parse(found) as { items: readonly KubernetesObject[] };
  return (...kinds: string[]) => items.filter((item) => kinds.includes(item.kind));
}

/** Why a workload is not ready, a line for each pod and for each of its reasons. */
export function reasonsOf(workload: Workload): string[] {
  const line = ({ reason, message }: Condition) => `${reason}${message ? `: ${message}` : ""}`;
  const refused = workload.refused.map(line);
  const pods = workload.notReady.flatMap(({ name, because }) => [
    name,
    ...because.map((each) => `  ${line(each)}`),
  ]);
  return [...refused, ...pods];
}

// The few fields that are read here.
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly syncedResourceVersion?: string;
    readonly active?: number;
    readonly succeeded?: number;
    readonly failed?: number;
    readonly conditions?: readonly (Condition & { readonly type: string; readonly status: string })[];
    readonly containerStatuses?: readonly {
      readonly state?: { readonly waiting?: Condition; readonly terminated?: Condition };
    }[];
  };
  readonly involvedObject?: { readonly kind: string; readonly name: string };
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** Whether the pods of a Deployment or StatefulSet are all of the version that was last asked for, and available. */
export function isRolledOut({ metadata, spec, status }: KubernetesObject): boolean {
  const desired = spec?.replicas ?? 1;
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  return (
    observedGeneration >= (metadata.generation ?? 0) &&
    [replicas, updatedReplicas, availableReplicas].every((count) => count === desired)
  );
}

// The kinds whose controllers create pods, or what creates them: an autoscaler's complaints are another matter.
const makers = ["Deployment", "ReplicaSet", "StatefulSet", "Job"];

function workload(
  controller: KubernetesObject,
  pods: readonly KubernetesObject[],
  events: readonly KubernetesObject[],
): Workload {
  const { metadata, spec, status } = controller;
  const selected = Object.entries(spec?.selector?.matchLabels ?? {});
  const own = pods.filter(({ metadata: { labels } }) =>
    selected.every(([key, value]) => labels?.[key] === value),
  );
  const ready = status?.readyReplicas ?? 0;
  const desired = spec?.replicas ?? 1;
  const isDone = isRolledOut(controller);
  return {
    name: metadata.name,
    ready,
    desired,
    isDone,
    image: spec?.template?.spec.containers[0]?.image ?? "",
    // The pods of the version before may all be ready while those of the next are refused.
    refused: isDone
      ? []
      : warnings(
          events,
          ({ kind, name }) => makers.includes(kind) && `${name}-`.startsWith(`${metadata.name}-`),
        ),
    notReady: own
      .filter(
        (pod) => !pod.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True"),
      )
      .map((pod) => ({ name: pod.metadata.name, because: reasons(pod, events) })),
  };
}

/** Why a pod is not ready: its containers' own reasons, its conditions, and its warnings, each once. */
function reasons(pod: KubernetesObject, events: readonly KubernetesObject[]): Condition[] {
  const containers = (pod.status?.containerStatuses ?? []).flatMap(
    ({ state }) => state?.waiting ?? state?.terminated ?? [],
  );
  const conditions = (pod.status?.conditions ?? []).filter(
    ({ status, reason }) => status === "False" && reason,
  );
  const own = warnings(events, ({ kind, name }) => kind === "Pod" && name === pod.metadata.name);
  const all = [...containers, ...conditions, ...own].map(({ reason, message }) => ({ reason, message }));
  return each(all);
}

/** What the cluster warned of about some objects. */
function warnings(
  events: readonly KubernetesObject[],
  about: (object: { kind: string; name: string }) => boolean,
): Condition[] {
  const found = events.filter(
    ({ type, involvedObject }) => type === "Warning" && involvedObject && about(involvedObject),
  );
  return each(found.map(({ reason, message }) => ({ reason: reason ?? "", message })));
}

// A condition and an event often say the same.
function each(conditions: readonly Condition[]): Condition[] {
  return [...new Map(conditions.map((one) => [`${one.reason} ${one.message}`, one])).values()];
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
