import { policy } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Home, type Labelled, labels, resourceName, selector } from "./labels";

/** How many pods a node drain leaves alone, or takes at a time: a number, or a percentage like "50%". */
export type Budget =
  | { readonly minAvailable: number | string }
  | { readonly maxUnavailable: number | string };

/** Bounds what node drains take of a workload. */
export class PodDisruptionBudget extends pulumi.ComponentResource {
  constructor(home: Home, workload: Labelled, budget: Budget, opts: pulumi.ComponentResourceOptions) {
    const name = resourceName(home, workload.name);
    super("muster:index:PodDisruptionBudget", name, {}, opts);
    new policy.v1.PodDisruptionBudget(
      name,
      {
        metadata: { name: workload.name, namespace: home.namespace, labels: labels(home, workload) },
        spec: {
          ...budget,
          selector: { matchLabels: selector(home, workload) },
          // A pod that is not ready protects nobody, and must not keep its node from being drained.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      { parent: this },
    );
    this.registerOutputs({ name: workload.name });
  }
}
