import type { KubernetesObject } from "../harness/kubernetes";

/** Whether the labels that a Service, workload, budget or monitor selects by are on an object. */
export function selects({ spec }: KubernetesObject, { metadata }: KubernetesObject): boolean {
  return Object.entries(spec.selector.matchLabels ?? spec.selector).every(
    ([key, value]) => metadata.labels?.[key] === value,
  );
}
