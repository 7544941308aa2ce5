import type { KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { title } from "./in-words";
import type { Unchecked } from "./live-objects";
import { type Declared, type Lack, podTemplateOf, systemOf } from "./needs";
import { amount } from "./quantity";

/** Amounts by resource: `cpu` in cores, `memory` in bytes, `pods`. */
type Amounts = Readonly<Record<string, number>>;

interface Node {
  readonly object: KubernetesObject;
  free: Amounts;
}

interface Workload {
  readonly manifest: KubernetesObject;
  // biome-ignore lint/suspicious/noExplicitAny: the spec of a pod, as the API has it
  readonly pod: any;
  readonly count: number;
}

/**
 * Workloads that are made for the first time and whose pods no node has room for, at their least number. The nodes are
 * filled as the scheduler would at best: the largest pods first, each on the first node that takes it.
 */
export async function withoutRoom(
  { declared, created }: Declared,
  { api }: ReachedCluster,
): Promise<{ readonly found: readonly Lack[]; readonly unchecked: readonly Unchecked[] }> {
  const workloads = created.flatMap(({ manifest }): Workload[] => {
    const count = podsOf(
      manifest,
      declared.map((each) => each.manifest),
    );
    return count > 0 ? [{ manifest, pod: podTemplateOf(manifest)?.spec, count }] : [];
  });
  // Nothing new, nothing asked: all pods of a large cluster are a long list.
  if (workloads.length === 0) return { found: [], unchecked: [] };
  try {
    const running = "fieldSelector=status.phase!=Succeeded,status.phase!=Failed";
    const [nodes, pods] = await Promise.all([api.list("/api/v1/nodes"), api.list(`/api/v1/pods?${running}`)]);
    return { found: lacking(workloads, nodes, pods), unchecked: [] };
  } catch (error) {
    // It is advice: what cannot be asked stops nothing.
    return { found: [], unchecked: [{ what: "room on the nodes", because: (error as Error).message }] };
  }
}

export function lacking(
  workloads: readonly Workload[],
  nodes: readonly KubernetesObject[],
  pods: readonly KubernetesObject[],
): Lack[] {
  const there: Node[] = nodes
    .filter(({ spec }) => !spec.unschedulable)
    .map((object) => ({ object, free: amountsOf(object.status?.allocatable ?? {}) }));
  for (const { spec } of pods) {
    const node = there.find(({ object }) => object.metadata.name === spec.nodeName);
    if (node) node.free = without(node.free, requestsOf(spec));
  }
  const largest = [...workloads].sort((one, other) => size(other) - size(one));
  return largest.flatMap(({ manifest, pod, count }) => {
    const asked = requestsOf(pod);
    const placed = Array.from({ length: count }).filter(() => {
      const node = there.find(({ object, free }) => takes(object, pod) && fits(free, asked));
      if (node) node.free = without(node.free, asked);
      return node !== undefined;
    }).length;
    if (placed === count) return [];
    return [
      {
        what: `room for ${count - placed} of ${count} pods of ${asked.cpu ?? 0} CPU and ${gibibytes(asked.memory)}`,
        neededBy: [title(manifest)],
        mend: `they wait until a node has it; bring nodes, or ask for less (npm run size -- --stack …; muster:${systemOf(manifest)})`,
        stops: false,
      },
    ];
  });
}

/** How many pods a workload has at least. */
function podsOf(manifest: KubernetesObject, all: readonly KubernetesObject[]): number {
  const { kind, metadata, spec } = manifest;
  if (kind === "Job") return 1;
  if (kind !== "Deployment" && kind !== "StatefulSet") return 0;
  const scaler = all.find(
    (each) =>
      each.kind === "HorizontalPodAutoscaler" &&
      each.metadata.namespace === metadata.namespace &&
      each.spec.scaleTargetRef.name === metadata.name,
  );
  return spec.replicas ?? scaler?.spec.minReplicas ?? 1;
}

// biome-ignore lint/suspicious/noExplicitAny: the spec of a pod, as the API has it
function requestsOf({ containers = [], initContainers = [] }: any): Amounts {
  const of = (each: { resources?: { requests?: object } }) => amountsOf(each.resources?.requests ?? {});
  const together = (containers as object[])
    .map(of)
    .reduce((sum, each) => combined(sum, each, (a, b) => a + b), {});
  const one = (initContainers as object[]).map(of).reduce((most, each) => combined(most, each, Math.max), {});
  return { ...combined(together, one, Math.max), pods: 1 };
}

function amountsOf(quantities: object): Amounts {
  return Object.fromEntries(
    Object.entries(quantities).map(([resource, quantity]) => [resource, Number(amount(quantity))]),
  );
}

function combined(one: Amounts, other: Amounts, by: (a: number, b: number) => number): Amounts {
  const resources = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...resources].map((each) => [each, by(one[each] ?? 0, other[each] ?? 0)]));
}

function without(free: Amounts, taken: Amounts): Amounts {
  return combined(free, taken, (a, b) => a - b);
}

function fits(free: Amounts, asked: Amounts): boolean {
  return Object.entries(asked).every(([resource, number]) => (free[resource] ?? 0) >= number);
}

function size({ pod }: Workload): number {
  const { cpu = 0, memory = 0 } = requestsOf(pod);
  return cpu + memory / 4 / 2 ** 30;
}

interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/** Whether a pod may run on a node, by its selector and the node's taints. */
function takes({ metadata, spec }: KubernetesObject, pod: Workload["pod"]): boolean {
  const labels = metadata.labels ?? {};
  const isSelected = Object.entries(pod.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  const tolerations: readonly Toleration[] = pod.tolerations ?? [];
  const isTolerated = (taint: Taint) =>
    tolerations.some(
      ({ key, operator = "Equal", value, effect }) =>
        (effect === undefined || effect === taint.effect) &&
        (key === undefined || key === taint.key) &&
        (operator === "Exists" || value === taint.value),
    );
  const taints: readonly Taint[] = (spec.taints ?? []).filter(
    ({ effect }: Taint) => effect !== "PreferNoSchedule",
  );
  return isSelected && taints.every(isTolerated);
}

function gibibytes(bytes = 0): string {
  return `${Number((bytes / 2 ** 30).toFixed(2))}Gi`;
}
