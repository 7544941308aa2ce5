import type { KubernetesObject } from "../api-server";

/** What the cluster says of something, in its own words. */
export interface Condition {
  readonly reason: string;
  readonly message?: string;
}

/** A pod that is not ready. */
export interface UnreadyPod {
  readonly name: string;
  /** What the cluster says of it, each thing once. */
  readonly because: readonly Condition[];
  /** Its containers that ended with an error. */
  readonly failed: readonly FailedContainer[];
  /** Whether it will not become ready by itself. */
  readonly isStuck: boolean;
}

/** How a container ended last. */
export interface FailedContainer {
  readonly pod: string;
  readonly container: string;
  readonly exitCode: number;
  /** `Error`, or such as `OOMKilled`. */
  readonly reason?: string;
  /** What it wrote into its termination message. */
  readonly message?: string;
  /** Whether another was started in its place since, so that its log is that of the previous one. */
  readonly isPrevious: boolean;
}

/** What a container does not get over by itself. */
const stuckReasons = [
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "ErrImagePull",
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
];

/** How long a node may be awaited: an autoscaler of nodes takes some minutes. */
const patienceForNode = 5 * 60_000;

export function unreadyPods(
  pods: readonly KubernetesObject[],
  events: readonly KubernetesObject[],
  now: number,
): UnreadyPod[] {
  return pods.filter(isUnready).map((pod) => {
    const statuses = containerStatuses(pod);
    const conditions = conditionsOf(pod).filter(({ status, reason }) => status === "False" && reason);
    const own = warnings(events, ({ kind, name }) => kind === "Pod" && name === pod.metadata.name);
    const current = statuses.flatMap(
      ({ state }) => state?.waiting ?? (state?.terminated ? { reason: state.terminated.reason } : []),
    );
    const unscheduled = conditions.find(({ type }) => type === "PodScheduled");
    const waitsTooLong =
      unscheduled !== undefined && now - Date.parse(unscheduled.lastTransitionTime ?? "") > patienceForNode;
    return {
      name: pod.metadata.name,
      because: eachOnce([...current, ...conditions, ...own]),
      failed: statuses.flatMap((status) => failedContainer(pod.metadata.name, status) ?? []),
      isStuck: waitsTooLong || current.some(({ reason }) => stuckReasons.includes(reason)),
    };
  });
}

/** One that has done its work is not ready either, and waits for nothing. */
function isUnready(pod: KubernetesObject): boolean {
  return (
    pod.status?.phase !== "Succeeded" &&
    !conditionsOf(pod).some(({ type, status }) => type === "Ready" && status === "True")
  );
}

interface PodCondition extends Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string;
}

function conditionsOf({ status }: KubernetesObject): readonly PodCondition[] {
  return status?.conditions ?? [];
}

interface Terminated extends Condition {
  readonly exitCode: number;
}

interface ContainerStatus {
  readonly name: string;
  readonly state?: { readonly waiting?: Condition; readonly terminated?: Terminated };
  readonly lastState?: { readonly terminated?: Terminated };
}

function containerStatuses({ status }: KubernetesObject): readonly ContainerStatus[] {
  return [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
}

function failedContainer(
  pod: string,
  { name, state, lastState }: ContainerStatus,
): FailedContainer | undefined {
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended === undefined || ended.exitCode === 0) return undefined;
  const { exitCode, reason, message } = ended;
  return { pod, container: name, exitCode, reason, message, isPrevious: ended !== state?.terminated };
}

/** What the cluster warned of about some objects. */
export function warnings(
  events: readonly KubernetesObject[],
  about: (object: { kind: string; name: string }) => boolean,
): Condition[] {
  const found = events.filter(
    ({ type, involvedObject }) => type === "Warning" && involvedObject && about(involvedObject),
  );
  return eachOnce(found.map(({ reason = "", message }) => ({ reason, message })));
}

/** A condition and an event often say the same. */
export function eachOnce(conditions: readonly Condition[]): Condition[] {
  const all = conditions.map(({ reason, message }) => ({ reason, message }));
  return [...new Map(all.map((one) => [`${one.reason} ${one.message}`, one])).values()];
}
