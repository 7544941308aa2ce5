import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { leastReplicas } from "../scale";
import { matchesSelector } from "../selector";
import { labelsOf, replicatedKinds } from "../workload";

export const disruptionBudget: Rule = {
  id: "disruption-budget",
  title: "What runs more than once must say how many of its pods a node's drain may take at a time.",
  severity: "medium",
  references: [
    kubernetes(
      "Disruptions: Pod disruption budgets",
      "concepts/workloads/pods/disruptions/#pod-disruption-budgets",
    ),
  ],
  mend: "Add a PodDisruptionBudget that selects its pods, with maxUnavailable: 1.",
  stacks: ["prod", "prod-*"],
  checkStack(stack, report) {
    for (const workload of stack.workloads) {
      const { object } = workload;
      if (!replicatedKinds.includes(object.kind)) continue;
      const least = leastReplicas(stack, workload);
      if (typeof least === "number" && least < 2) continue;
      const budgets = stack.objectsIn(object.namespace, "PodDisruptionBudget");
      const matches = budgets.map(({ body }) =>
        matchesSelector(body.at("spec", "selector"), labelsOf(workload)),
      );
      const undecided = [...matches, least].find((each) => typeof each === "object");
      if (!matches.includes(true))
        report(
          object,
          undecided ?? object.body,
          undecided ? undefined : "no PodDisruptionBudget selects its pods",
        );
    }
  },
};
