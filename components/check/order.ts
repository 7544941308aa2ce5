import type { Workload } from "../declaration";
import { predecessors, startOrder } from "../start-order";
import type { Finding } from "./finding";

/** Of workloads that wait for each other, none starts. */
export function orderFindings(workloads: readonly Workload[]): Finding[] {
  const { leftOver } = startOrder(workloads);
  const first = leftOver.at(0);
  if (!first) return [];
  // Each waits for another of them, so that following who waits for whom ends in a circle.
  const way = [first];
  while (true) {
    const waitsFor = predecessors(way.at(-1)!);
    const next = leftOver.find(({ name }) => waitsFor.includes(name))!;
    const start = way.indexOf(next);
    if (start >= 0) {
      const circle = [...way.slice(start), next].map(({ name }) => name);
      const message = `Each waits for the next, and so none starts: ${circle.join(", ")}.`;
      return [{ path: `${next.name}.uses`, message, accepts: "a way without a circle, by uses and after" }];
    }
    way.push(next);
  }
}
