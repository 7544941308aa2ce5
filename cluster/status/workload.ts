import type { KubernetesObject } from "../api-server";
import { type AutoscalerStatus, autoscalerStatus } from "./autoscaler";
import type { NamespaceObjects } from "./namespace-objects";
import { type Condition, eachOnce, type UnreadyPod, unreadyPods, warnings } from "./pods";
import type { State } from "./state";

/** How a Deployment, StatefulSet or Job stands. */
export interface WorkloadStatus {
  readonly kind: string;
  readonly name: string;
  readonly state: State;
  readonly ready: number;
  readonly wanted: number;
  readonly image: string;
  /** When the version that runs was rolled out, as the controller notes it; undefined while one is under way. */
  readonly rolledOut?: string;
  readonly autoscaler?: AutoscalerStatus;
  /** How many of its pods may be evicted now; undefined where it has no budget. */
  readonly budget?: number;
  /** What its controller says is wrong, and why pods of it cannot be created at all: a quota, the namespace. */
  readonly refused: readonly Condition[];
  readonly notReady: readonly UnreadyPod[];
}

// The kinds whose controllers create pods, or what creates them: an autoscaler's complaints are another matter.
const makers = ["Deployment", "ReplicaSet", "StatefulSet", "Job"];

export function workloadStatus(
  controller: KubernetesObject,
  { of }: Pick<NamespaceObjects, "of">,
  now = Date.now(),
): WorkloadStatus {
  const { kind, metadata, spec, status } = controller;
  const isDone = kind === "Job" ? isComplete(controller) : isRolledOut(controller);
  const pods = of("Pod").filter((pod) => selects(spec?.selector, pod.metadata.labels));
  const notReady = isDone && kind === "Job" ? [] : unreadyPods(pods, of("Event"), now);
  // The pods of the version before may all be ready while those of the next are refused.
  const refused = isDone
    ? []
    : eachOnce([
        ...failures(controller),
        ...warnings(
          of("Event"),
          ({ kind, name }) => makers.includes(kind) && `${name}-`.startsWith(`${metadata.name}-`),
        ),
      ]);
  const isStuck = refused.length > 0 || notReady.some(({ isStuck }) => isStuck);
  const budget = of("PodDisruptionBudget").find((each) =>
    selects(each.spec?.selector, spec?.template?.metadata?.labels),
  );
  const autoscaler = of("HorizontalPodAutoscaler").find(
    ({ spec: { scaleTargetRef: target } }) => target.kind === kind && target.name === metadata.name,
  );
  return {
    kind,
    name: metadata.name,
    state: isDone ? "well" : isStuck ? "not well" : "working",
    ready: status?.readyReplicas ?? 0,
    wanted: spec?.replicas ?? 1,
    image: spec?.template?.spec?.containers[0]?.image ?? "",
    rolledOut: isDone ? rolledOut(controller, of("ControllerRevision")) : undefined,
    autoscaler: autoscaler && autoscalerStatus(autoscaler),
    budget: budget?.status?.disruptionsAllowed,
    refused,
    notReady,
  };
}

/** Whether a Deployment or StatefulSet has been rolled out: its controller has come to it, and nothing of before is left. */
export function isRolledOut({ metadata, spec, status }: KubernetesObject): boolean {
  const wanted = spec?.replicas ?? 1;
  const { observedGeneration = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
  return (
    observedGeneration >= (metadata.generation ?? 0) &&
    [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted)
  );
}

/** What the controller itself gave up on. */
function failures({ status }: KubernetesObject): Condition[] {
  const all: readonly (Condition & { type: string; status: string })[] = status?.conditions ?? [];
  return all
    .filter(
      ({ type, status }) =>
        (type === "Progressing" && status === "False") ||
        (["ReplicaFailure", "Failed"].includes(type) && status === "True"),
    )
    .map(({ reason, message }) => ({ reason, message }));
}

function isComplete({ status }: KubernetesObject): boolean {
  const all: readonly { type: string; status: string }[] = status?.conditions ?? [];
  return all.some(({ type, status }) => type === "Complete" && status === "True");
}

/** A Deployment notes when it was done; of a StatefulSet, it is known since when its version has been there. */
function rolledOut(
  { kind, status }: KubernetesObject,
  revisions: readonly KubernetesObject[],
): string | undefined {
  if (kind === "StatefulSet")
    return revisions.find(({ metadata }) => metadata.name === status?.currentRevision)?.metadata
      .creationTimestamp;
  const all: readonly { type: string; lastUpdateTime?: string }[] = status?.conditions ?? [];
  return all.find(({ type }) => type === "Progressing")?.lastUpdateTime;
}

/** Whether a selector fits labels. */
export function selects(
  selector: { matchLabels?: Readonly<Record<string, string>> } | undefined,
  labels: Readonly<Record<string, string>> = {},
): boolean {
  const wanted = Object.entries(selector?.matchLabels ?? {});
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
