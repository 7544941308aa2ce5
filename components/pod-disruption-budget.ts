import { policy } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Home, labels, resourceName, selector } from "./labels";

/** Lets node drains take one pod of a workload at a time. */
export class PodDisruptionBudget extends pulumi.ComponentResource {
  constructor(home: Home, workload: { readonly name: string }, opts: pulumi.ComponentResourceOptions) {
    const name = resourceName(home, workload.name);
    super("muster:index:PodDisruptionBudget", name, {}, opts);
    new policy.v1.PodDisruptionBudget(
      name,
      {
        metadata: { name: workload.name, namespace: home.namespace, labels: labels(home, workload.name) },
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: selector(home, workload.name) },
          // A pod that is not ready protects nobody, and must not keep its node from being drained.
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      { parent: this },
    );
    this.registerOutputs({ name: workload.name });
  }
}
