import type * as pulumi from "@pulumi/pulumi";
import { deployment, leastReplicas, type Rollout } from "./deployment";
import { HorizontalPodAutoscaler } from "./horizontal-pod-autoscaler";
import { type Budget, PodDisruptionBudget } from "./pod-disruption-budget";
import type { PodDeclaration } from "./pod-template";
import type { WorkloadArgs } from "./workload-args";

/** A workload of as many pods as its scale says. */
export interface Replicated<Port extends string = string> extends PodDeclaration<Port>, Rollout {
  /** What a node drain leaves. Default: it takes one pod at a time. */
  readonly budget?: Budget;
  /** Name of its autoscaler, where people know it by one. Default: the workload's. */
  readonly autoscalerName?: string;
}

/**
 * A Deployment; an autoscaler where its scale is a range; a disruption budget where two pods or more run (with one,
 * a budget would only keep its node from being drained).
 */
export function replicated(
  name: string,
  args: WorkloadArgs<Replicated>,
  opts: pulumi.CustomResourceOptions,
): void {
  const { system, declared } = args;
  const { scale, budget = { maxUnavailable: 1 } } = declared;
  const { parent } = opts;
  const target = deployment(name, args, opts);
  if ("autoscaling" in scale) {
    const { autoscalerName: objectName } = declared;
    const scaled = { system, declared, objectName, target, scaling: scale.autoscaling };
    new HorizontalPodAutoscaler(name, scaled, { parent });
  }
  if (leastReplicas(scale) > 1) new PodDisruptionBudget(name, { system, declared, budget }, { parent });
}
