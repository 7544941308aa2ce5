import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { autoscalersOf, isTarget } from "../scale";

export const autoscalerOwnsReplicas: Rule = {
  id: "autoscaler-owns-replicas",
  title:
    "What an autoscaler scales must not say how many pods there are: each update would take them back to that.",
  severity: "high",
  references: [
    kubernetes(
      "Horizontal Pod Autoscaling: Migrating Deployments and StatefulSets",
      "tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
    ),
  ],
  mend: "Leave spec.replicas out.",
  checkStack(stack, report) {
    for (const autoscaler of autoscalersOf(stack)) {
      for (const object of stack.objects.filter((each) => isTarget(autoscaler, each))) {
        const replicas = object.body.at("spec", "replicas");
        // In a cluster the autoscaler itself wrote it.
        if (replicas.isSet && object.source !== "cluster")
          report(object, replicas, `${autoscaler.label} decides that`);
      }
    }
  },
};
