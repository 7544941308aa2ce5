import * as pulumi from "@pulumi/pulumi";
import { deployment, leastReplicas, type Rollout } from "./deployment";
import { HorizontalPodAutoscaler } from "./horizontal-pod-autoscaler";
import { type Home, resourceName } from "./labels";
import { type Budget, PodDisruptionBudget } from "./pod-disruption-budget";
import type { PodDeclaration, PodSettings } from "./pod-template";

/** A workload of as many pods as its scale says. */
export interface Replicated extends PodDeclaration, Rollout {
  /** What a node drain leaves. Default: it takes one pod at a time. */
  readonly budget?: Budget;
}

/** A workload that answers nobody: it takes its work from a queue, a clock or elsewhere. */
export interface WorkerWorkload extends Replicated {
  readonly kind: "worker";
}

/** A replicated Deployment that nothing reaches. */
export class Worker extends pulumi.ComponentResource {
  constructor(
    home: Home,
    settings: PodSettings,
    declared: WorkerWorkload,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:Worker", resourceName(home, declared.name), {}, opts);
    replicated(home, settings, declared, { parent: this, dependsOn: opts.dependsOn });
    this.registerOutputs({ name: declared.name });
  }
}

/**
 * A Deployment; an autoscaler where its scale is a range; a disruption budget where two pods or more run (with one,
 * a budget would only keep its node from being drained).
 */
export function replicated(
  home: Home,
  settings: PodSettings,
  declared: Replicated,
  opts: pulumi.CustomResourceOptions,
): void {
  const { scale, budget = { maxUnavailable: 1 } } = declared;
  const target = deployment(home, settings, declared, opts);
  const { parent } = opts;
  if ("autoscaling" in scale)
    new HorizontalPodAutoscaler(home, target, declared, scale.autoscaling, { parent });
  if (leastReplicas(scale) > 1) new PodDisruptionBudget(home, declared, budget, { parent });
}
