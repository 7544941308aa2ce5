import type { Field } from "./field";
import type { KubernetesObject } from "./kubernetes-object";
import type { Stack } from "./stack";
import { replicasOf, type Workload } from "./workload";

const autoscalers = ["HorizontalPodAutoscaler", "keda.sh/ScaledObject"];

/** The autoscalers of a stack: of Kubernetes, and KEDA's. */
export function autoscalersOf(stack: Stack): readonly KubernetesObject[] {
  return stack.objectsOf(...autoscalers);
}

/** What an autoscaler scales. */
export function targetOf(autoscaler: KubernetesObject): Field {
  return autoscaler.body.at("spec", "scaleTargetRef");
}

/** Those of a namespace. */
function autoscalersIn(stack: Stack, namespace: string): readonly KubernetesObject[] {
  return stack.objectsIn(namespace, ...autoscalers);
}

export function isTarget(autoscaler: KubernetesObject, object: KubernetesObject): boolean {
  if (autoscaler.namespace !== object.namespace) return false;
  const target = targetOf(autoscaler);
  // KEDA's need not say the kind.
  const kind = target.at("kind").text ?? "Deployment";
  return kind === object.kind && target.at("name").text === object.name;
}

/** The least pods that run when nothing is wrong, by the autoscaler where there is one; a field where it is not known. */
export function leastReplicas(stack: Stack, workload: Workload): number | Field {
  const autoscaler = autoscalersIn(stack, workload.object.namespace).find((each) =>
    isTarget(each, workload.object),
  );
  if (!autoscaler) return replicasOf(workload);
  const least = leastOf(autoscaler);
  if (least.isUnknown) return least;
  return least.number ?? (isKeda(autoscaler) ? 0 : 1);
}

/** Where an autoscaler says the least pods. */
export function leastOf(autoscaler: KubernetesObject): Field {
  return autoscaler.body.at("spec", isKeda(autoscaler) ? "minReplicaCount" : "minReplicas");
}

function isKeda({ kind }: KubernetesObject): boolean {
  return kind === "ScaledObject";
}

/** The pods that a number or a percentage makes, as Kubernetes rounds it; undefined where it is neither. */
export function share(value: unknown, of: number, round: "up" | "down"): number | undefined {
  if (typeof value === "number") return value;
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  if (percent !== undefined) return Math[round === "up" ? "ceil" : "floor"]((Number(percent) * of) / 100);
  return /^\d+$/.test(String(value)) ? Number(value) : undefined;
}
