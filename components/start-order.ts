import type { Workload } from "./declaration";
import { isExternal } from "./edge";

/** The names of those that have to stand before a workload. */
export function predecessors(workload: Workload): string[] {
  // Nothing starts of a Job template: its dispatcher makes it, and the dispatcher's Jobs start later.
  if (workload.kind === "job-template") return [];
  const used = workload.uses.flatMap((edge) => (isExternal(edge) ? [] : edge.name));
  const after = "after" in workload ? (workload.after ?? []).map(({ name }) => name) : [];
  const spawned = workload.kind === "dispatcher" ? [workload.spawns.name] : [];
  return [...new Set([...used, ...after, ...spawned])];
}

/** The workloads in the order in which they start, otherwise as declared. Those of a circle are left over. */
export function startOrder(workloads: readonly Workload[]): {
  readonly ordered: readonly Workload[];
  readonly leftOver: readonly Workload[];
} {
  const known = new Set(workloads.map(({ name }) => name));
  const placed = new Set<string>();
  const ordered: Workload[] = [];
  let leftOver = [...workloads];
  const isReady = (workload: Workload) =>
    predecessors(workload).every((name) => placed.has(name) || !known.has(name));
  for (let next = leftOver.find(isReady); next; next = leftOver.find(isReady)) {
    ordered.push(next);
    placed.add(next.name);
    leftOver = leftOver.filter((workload) => workload !== next);
  }
  return { ordered, leftOver };
}
