import type { KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { selects } from "../status/workload";
import type { Found } from "./declared-objects";
import { listed, title } from "./in-words";

/** What is being deleted. */
export interface Ending extends Found {
  readonly waitsFor: string;
}

/** What is being deleted, and what its end waits for. */
export function endingInWords(ending: readonly Ending[]): string {
  return listed(
    "This is being deleted; run the same command again when it is gone:",
    ending.map(
      ({ live, waitsFor }) => `${title(live)}, since ${live.metadata.deletionTimestamp}: ${waitsFor}`,
    ),
  );
}

/** What the end of an object that is being deleted waits for: what is left in it, or who still has to let go of it. */
export async function waitsFor(
  live: KubernetesObject,
  { api }: Pick<ReachedCluster, "api">,
): Promise<string> {
  const { finalizers = [], namespace } = live.metadata;
  const podsOf = async () =>
    (await api.list(`/api/v1/namespaces/${namespace}/pods`)).filter((pod) => isHolding(pod, live));
  const isHeldByPods = (finalizers as readonly string[]).some((each) => ownedByPods.includes(each));
  // Who may not look at pods is told of the finalizers all the same.
  const pods = isHeldByPods ? await podsOf().catch(() => []) : [];
  const reasons = [
    ...said(live),
    ...pods.map(({ metadata: { name, deletionTimestamp, finalizers } }) => {
      const until = deletionTimestamp ? `, which has until ${deletionTimestamp} to stop` : "";
      return `pod ${name}${until}${finalizers ? ` (finalizers: ${finalizers.join(", ")})` : ""}`;
    }),
    ...(finalizers.length > 0 ? [`finalizers: ${finalizers.join(", ")}`] : []),
  ];
  return reasons.join("; ") || "its controller";
}

/** Finalizers that are taken off when pods are gone: those that use a claim, or that a workload has made. */
const ownedByPods = ["kubernetes.io/pvc-protection", "foregroundDeletion"];

function isHolding({ metadata, spec, status }: KubernetesObject, live: KubernetesObject): boolean {
  if (live.kind !== "PersistentVolumeClaim") return selects(live.spec?.selector, metadata.labels);
  const volumes: readonly { persistentVolumeClaim?: { claimName: string } }[] = spec?.volumes ?? [];
  return (
    !["Succeeded", "Failed"].includes(status?.phase) &&
    volumes.some((each) => each.persistentVolumeClaim?.claimName === live.metadata.name)
  );
}

/** A namespace says itself what is left in it. */
function said({ kind, status }: KubernetesObject): string[] {
  const conditions: readonly { status: string; message: string }[] =
    kind === "Namespace" ? (status?.conditions ?? []) : [];
  return conditions.filter((each) => each.status === "True").map(({ message }) => message);
}
