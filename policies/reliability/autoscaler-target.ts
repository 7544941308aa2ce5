import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { autoscalersOf, isTarget, targetOf } from "../scale";

export const autoscalerTarget: Rule = {
  id: "autoscaler-target",
  title: "What an autoscaler scales must be there.",
  severity: "high",
  references: [
    kubernetes("Horizontal Pod Autoscaling", "tasks/run-application/horizontal-pod-autoscale/#api-object"),
  ],
  mend: "Name a workload of its namespace in scaleTargetRef.",
  checkStack(stack, report) {
    for (const autoscaler of autoscalersOf(stack)) {
      const name = targetOf(autoscaler).at("name");
      if (name.isUnknown || !stack.objects.some((object) => isTarget(autoscaler, object)))
        report(autoscaler, name);
    }
  },
};
