import type { Field } from "./field";
import type { KubernetesObject } from "./kubernetes-object";
import type { Pod } from "./pod";

/** A pod with the object that makes it. */
export interface Workload {
  readonly object: KubernetesObject;
  readonly pod: Pod;
}

/** Kinds whose pods are there to end. A PodTemplate is of those who create Jobs from it. */
const ending = new Set(["Job", "CronJob", "PodTemplate", "ScaledJob", "Workflow", "Task", "TaskRun"]);

/** Whether its pods are meant to run on and on. */
export function isLasting({ object, pod }: Workload): boolean {
  const restarts = pod.spec.at("restartPolicy").value;
  return !ending.has(object.kind) && restarts !== "Never" && restarts !== "OnFailure";
}

export function labelsOf({ pod }: Workload): Field {
  return pod.metadata.at("labels");
}

/** Kinds that hold a number of pods. */
export const replicatedKinds = ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"];

/** How many pods it asks for: one where it does not say; a field where that is not known. */
export function replicasOf({ object }: Workload): number | Field {
  const field = object.body.at("spec", "replicas");
  if (field.isUnknown) return field;
  return field.number ?? 1;
}
