import type { Container } from "../pod";
import { containerWithPort, podsBehind, targetPort } from "../service";
import { oncePerStack } from "../stack";
import { isLasting, type Workload } from "../workload";

interface Serving {
  readonly workload: Workload;
  readonly container: Container;
}

/** The containers that Services send to: those that have the port, or the first of their pod, where none says so. */
export const servingContainers = oncePerStack((stack): readonly Serving[] => {
  const found = new Map<Container, Serving>();
  for (const service of stack.objectsOf("Service")) {
    for (const workload of podsBehind(stack, service).workloads.filter(isLasting)) {
      for (const port of service.body.at("spec", "ports").items()) {
        const container = containerWithPort(workload, targetPort(port)) ?? workload.pod.lastingContainers[0];
        if (container) found.set(container, { workload, container });
      }
    }
  }
  return [...found.values()];
});
