import { policy } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Labelled, labels, type SystemInstance, selector } from "./labels";

/** How many pods a node drain leaves alone, or takes at a time: a number, or a percentage like "50%". */
export type Budget =
  | { readonly minAvailable: number | string }
  | { readonly maxUnavailable: number | string };

export interface PodDisruptionBudgetArgs {
  readonly system: SystemInstance;
  readonly declared: Labelled;
  readonly budget: Budget;
}

/** Bounds what node drains take of a workload. */
export class PodDisruptionBudget extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system, declared, budget }: PodDisruptionBudgetArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:PodDisruptionBudget", name, {}, opts);
    new policy.v1.PodDisruptionBudget(
      name,
      {
        metadata: { name: declared.name, namespace: system.namespace, labels: labels(system, declared) },
        spec: {
          ...budget,
          selector: { matchLabels: selector(system, declared) },
          // A pod that is not ready protects nobody, and must not keep its node from being drained.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      { parent: this },
    );
    this.registerOutputs({ name: declared.name });
  }
}
