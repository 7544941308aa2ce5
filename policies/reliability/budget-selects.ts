import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { matchesSelector, shownSelector } from "../selector";

export const budgetSelects: Rule = {
  id: "budget-selects",
  title: "A disruption budget must select pods: else it protects nothing.",
  severity: "high",
  references: [
    kubernetes(
      "Specifying a Disruption Budget",
      "tasks/run-application/configure-pdb/#specifying-a-poddisruptionbudget",
    ),
  ],
  mend: "Write the labels of the pods that it is for.",
  checkStack(stack, report) {
    for (const budget of stack.objectsOf("PodDisruptionBudget")) {
      if (!stack.declares("Pod", budget.namespace)) continue;
      const selector = budget.body.at("spec", "selector");
      const { workloads, unknown } = stack.selected(budget.namespace, (labels) =>
        matchesSelector(selector, labels),
      );
      if (workloads.length > 0 || stack.mayBeLabelled(budget.namespace, selector, "Pod")) continue;
      if (unknown) report(budget, unknown);
      else
        report(budget, selector, `no pod of ${budget.namespace} has ${shownSelector(selector) || "labels"}`);
    }
  },
};
