import type { KubernetesObject } from "../api-server";
import type { NamespaceObjects } from "./namespace-objects";
import { type Condition, warnings } from "./pods";
import type { State } from "./state";

/** The Jobs of one kind: what a dispatcher creates from one template, or what Pulumi waits for. */
export interface JobsStatus {
  readonly name: string;
  /** Not well where some are refused: those never run. That some wait, or have failed, is a dispatcher's everyday life. */
  readonly state: State;
  readonly running: number;
  readonly succeeded: number;
  /** Those that have no pod yet, and why: a quota that is used up, a queue. */
  readonly waiting: readonly JobStatus[];
  /** Those that never get one, since the namespace or a policy refuses it, and in which words. */
  readonly refused: readonly JobStatus[];
  readonly failed: readonly JobStatus[];
}

export interface JobStatus {
  readonly name: string;
  /** When it was created, or failed. */
  readonly since: string;
  readonly because: readonly Condition[];
}

/** Jobs by what they are Jobs of, which their label `app.kubernetes.io/component` says. */
export function jobsStatus({ of }: Pick<NamespaceObjects, "of">): JobsStatus[] {
  const groups = new Map<string, KubernetesObject[]>();
  for (const job of of("Job")) {
    const group = job.metadata.labels?.["app.kubernetes.io/component"] ?? job.metadata.name;
    groups.set(group, [...(groups.get(group) ?? []), job]);
  }
  return [...groups].map(([name, jobs]) => {
    const standing = jobs.map((job) => ({ job, stands: standingOf(job) }));
    const those = (wanted: ReturnType<typeof standingOf>) =>
      standing.filter(({ stands }) => stands === wanted).map(({ job }) => job);
    const withoutPod = those("waiting").map((job) => ({
      name: job.metadata.name,
      since: job.metadata.creationTimestamp,
      because: job.spec?.suspend
        ? [heldBy(of("Workload").find((each) => isOwned(each, job)))]
        : warnings(of("Event"), ({ kind, name }) => kind === "Job" && name === job.metadata.name),
    }));
    const refused = withoutPod.filter(({ because }) => because.some(isRefusal));
    return {
      name,
      state: refused.length > 0 ? "not well" : "well",
      running: those("running").length,
      succeeded: those("succeeded").length,
      waiting: withoutPod.filter((each) => !refused.includes(each)),
      refused,
      failed: those("failed").map((job) => {
        const { lastTransitionTime, reason, message } = failure(job)!;
        return { name: job.metadata.name, since: lastTransitionTime, because: [{ reason, message }] };
      }),
    };
  });
}

/** Kueue keeps a Workload for each Job of its queues, which says what it waits for. */
function heldBy(workload: KubernetesObject | undefined): Condition {
  const conditions: readonly (Condition & { type: string; status: string })[] =
    workload?.status?.conditions ?? [];
  const reserved = conditions.find(({ type }) => type === "QuotaReserved");
  // Of a queue in strict order Kueue tries the first alone.
  if (workload && reserved?.status !== "True")
    return {
      reason: `waits in queue ${workload.spec.queueName}`,
      message: reserved?.message ?? "others are before it",
    };
  return { reason: "Suspended", message: "a queue or a person holds it" };
}

function isOwned({ metadata }: KubernetesObject, { kind, metadata: { name } }: KubernetesObject): boolean {
  const owners: readonly { kind: string; name: string }[] = metadata.ownerReferences ?? [];
  return owners.some((owner) => owner.kind === kind && owner.name === name);
}

/** The API server forbids a pod for good, or because a quota is used up, which passes. */
function isRefusal({ message = "" }: Condition): boolean {
  return /\bforbidden\b/.test(message) && !message.includes("exceeded quota");
}

function standingOf(job: KubernetesObject): "running" | "succeeded" | "failed" | "waiting" {
  if (failure(job)) return "failed";
  if (condition(job, "Complete")) return "succeeded";
  return (job.status?.active ?? 0) > 0 ? "running" : "waiting";
}

function failure(job: KubernetesObject) {
  return condition(job, "Failed");
}

function condition({ status }: KubernetesObject, wanted: string) {
  const all: readonly (Condition & { type: string; status: string; lastTransitionTime: string })[] =
    status?.conditions ?? [];
  return all.find(({ type, status }) => type === wanted && status === "True");
}
