import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";
import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { leastReplicas, share } from "../scale";
import { matchesSelector } from "../selector";
import type { Stack } from "../stack";
import { isLasting } from "../workload";

export const budgetDrains: Rule = {
  id: "budget-drains",
  title: "A disruption budget must let at least one pod go: else no node with one of them can be drained.",
  severity: "high",
  references: [
    kubernetes(
      "Specifying a Disruption Budget",
      "tasks/run-application/configure-pdb/#think-about-how-your-application-reacts-to-disruptions",
    ),
  ],
  mend: "Set maxUnavailable: 1, or minAvailable below the least number of pods; one budget for each workload.",
  checkStack(stack, report) {
    const budgets = stack.objectsOf("PodDisruptionBudget");
    const taken = new Map<KubernetesObject, KubernetesObject>();
    for (const budget of budgets) {
      const { workloads } = selectedBy(stack, budget);
      for (const { object } of workloads) {
        const other = taken.get(object);
        // The API server answers an eviction by an error then.
        if (other)
          report(
            budget,
            budget.body.at("spec", "selector"),
            `${other.label} selects pods of ${object.label}, too`,
          );
        taken.set(object, budget);
      }
      const least = workloads.filter(isLasting).map((workload) => leastReplicas(stack, workload));
      const unknown = least.find((each): each is Field => typeof each === "object");
      if (least.length === 0) continue;
      if (unknown) report(budget, unknown);
      else
        checkNumbers(
          budget,
          (least as number[]).reduce((a, b) => a + b),
          report,
        );
    }
  },
};

function selectedBy(stack: Stack, { namespace, body }: KubernetesObject) {
  return stack.selected(namespace, (labels) => matchesSelector(body.at("spec", "selector"), labels));
}

function checkNumbers(
  budget: KubernetesObject,
  pods: number,
  report: (object: KubernetesObject, field: Field, note?: string) => void,
) {
  const [least, most] = ["minAvailable", "maxUnavailable"].map((name) => budget.body.at("spec", name));
  for (const field of [least!, most!]) if (field.isUnknown) report(budget, field);
  const kept = share(least!.value, pods, "up");
  if (kept !== undefined && kept >= pods && pods > 0) report(budget, least!, `there are ${pods} at least`);
  if (share(most!.value, pods, "up") === 0) report(budget, most!);
}
