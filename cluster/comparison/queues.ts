import { kueueApi, queueLabel } from "../../components/job-queue";
import type { KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { pathOf } from "../kinds";
import { title } from "./in-words";
import type { Unchecked } from "./live-objects";
import { type Declared, type Lack, systemOf } from "./needs";
import { amount } from "./quantity";

interface Found {
  readonly found: readonly Lack[];
  readonly unchecked: readonly Unchecked[];
}

/** Queues of Kueue that Jobs are to wait in, are there already or should be, and would never let one go. */
export async function unfitQueues(
  { declared, created }: Declared,
  cluster: Pick<ReachedCluster, "api" | "kinds">,
): Promise<Found> {
  const isMade = (namespace: string, name: string) =>
    declared.some(
      ({ manifest: { kind, metadata } }) =>
        kind === "LocalQueue" && metadata.namespace === namespace && metadata.name === name,
    );
  const answers = await Promise.all(
    declared.map(async (object): Promise<Partial<{ lack: Lack; unchecked: Unchecked }>> => {
      const { kind, metadata } = object.manifest;
      const queue: string | undefined = kind === "PodTemplate" && metadata.labels?.[queueLabel];
      if (!queue || isMade(metadata.namespace!, queue)) return {};
      const what = `LocalQueue ${metadata.namespace}/${queue} of Kueue`;
      try {
        const mend = await unfitness(object.manifest, queue, cluster);
        const lack = { what, neededBy: [title(object.manifest)], stops: created.includes(object) };
        return mend ? { lack: { ...lack, mend } } : {};
      } catch (error) {
        // What cannot be asked stops nothing.
        return { unchecked: { what, because: (error as Error).message } };
      }
    }),
  );
  return {
    found: answers.flatMap(({ lack }) => lack ?? []),
    unchecked: answers.flatMap(({ unchecked }) => unchecked ?? []),
  };
}

/** What keeps a queue from letting such a Job go, and the mend. */
async function unfitness(
  template: KubernetesObject,
  name: string,
  { api, kinds }: Pick<ReachedCluster, "api" | "kinds">,
): Promise<string | undefined> {
  const { namespace } = template.metadata;
  const find = (kind: string, metadata: KubernetesObject["metadata"]) => {
    const path = pathOf(kinds, { apiVersion: kueueApi, kind, metadata });
    return path ? api.find(path) : undefined;
  };
  const local = await find("LocalQueue", { name, namespace });
  if (!local)
    return `make it, or take localQueue out of muster:${systemOf(template)}, so that a queue of the system's own is made`;
  const inactive = activeCondition(local);
  if (inactive?.status === "False") return `it lets no Job go: ${inactive.message}`;
  const { clusterQueue } = local.spec;
  const behind = await find("ClusterQueue", { name: clusterQueue });
  const quotas = quotasOf(behind);
  const wanted = Object.entries<string>(template.template.spec.containers[0].resources.requests);
  const uncovered = wanted.filter(([resource]) => !(resource in quotas)).map(([resource]) => resource);
  if (uncovered.length > 0)
    return `ClusterQueue ${clusterQueue} has no quota of ${uncovered.join(", ")}, which a Job asks for: it would wait for ever`;
  const small = wanted.filter(([resource, quantity]) => quotas[resource]! < Number(amount(quantity)));
  if (small.length > 0)
    return `a Job asks for more than ClusterQueue ${clusterQueue} has at all (${small.map((each) => each.join(" ")).join(", ")}): it would wait for ever`;
  return undefined;
}

function activeCondition({ status }: KubernetesObject) {
  const conditions: readonly { type: string; status: string; message: string }[] = status?.conditions ?? [];
  return conditions.find(({ type }) => type === "Active");
}

/** The most that one Job may get, by resource: of the flavor that has most, with what it may borrow. */
function quotasOf(clusterQueue: KubernetesObject | undefined): Record<string, number> {
  const quotas: Record<string, number> = {};
  for (const group of clusterQueue?.spec.resourceGroups ?? [])
    for (const flavor of group.flavors)
      for (const { name, nominalQuota, borrowingLimit } of flavor.resources) {
        const borrowed = clusterQueue?.spec.cohortName ? (borrowingLimit ?? Number.POSITIVE_INFINITY) : 0;
        const most = Number(amount(nominalQuota)) + Number(amount(borrowed));
        quotas[name] = Math.max(quotas[name] ?? 0, most);
      }
  return quotas;
}
