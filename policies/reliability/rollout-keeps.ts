import type { Field } from "../field";
import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { leastReplicas, share } from "../scale";
import { matchesSelector } from "../selector";
import type { Stack } from "../stack";
import { labelsOf, type Workload } from "../workload";

export const rolloutKeeps: Rule = {
  id: "rollout-keeps",
  title:
    "A roll-out may take away no pod before there is another, and no more than a disruption budget says can be spared.",
  severity: "medium",
  references: [
    kubernetes(
      "Deployments: Rolling Update Deployment",
      "concepts/workloads/controllers/deployment/#rolling-update-deployment",
    ),
  ],
  mend: "Set strategy.rollingUpdate: {maxUnavailable: 0, maxSurge: 1}; Recreate only where there can be one pod at a time.",
  checkStack(stack, report) {
    for (const workload of stack.workloads.filter(({ object }) => object.kind === "Deployment")) {
      const { object } = workload;
      const strategy = object.body.at("spec", "strategy");
      const least = leastReplicas(stack, workload);
      const unknown = [strategy, strategy.at("type"), least].find(
        (each): each is Field => typeof each === "object" && each.isUnknown,
      );
      if (unknown) report(object, unknown);
      else if (strategy.at("type").value === "Recreate") {
        if ((least as number) > 1) report(object, strategy.at("type"), `all ${least} pods end first`);
      } else {
        const most = strategy.at("rollingUpdate", "maxUnavailable");
        const taken = share(most.value ?? "25%", least as number, "down") ?? 0;
        const spare = sparePods(stack, workload, least as number);
        if (most.isUnknown) report(object, most);
        else if (taken > spare)
          report(object, most, `of ${least} pods ${taken} may be gone at a time, and ${spare} can be spared`);
      }
    }
  },
};

/** How many pods may be missing, by the disruption budget; none where there is none. */
function sparePods(stack: Stack, workload: Workload, pods: number): number {
  const budget = stack
    .objectsIn(workload.object.namespace, "PodDisruptionBudget")
    .find(({ body }) => matchesSelector(body.at("spec", "selector"), labelsOf(workload)) === true);
  if (!budget) return 0;
  const [kept, gone] = ["minAvailable", "maxUnavailable"].map((name) => budget.body.at("spec", name).value);
  return share(gone, pods, "up") ?? pods - (share(kept, pods, "up") ?? pods);
}
