import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { matchesSelector, shownSelector } from "../selector";
import { labelsOf } from "../workload";

/** Kinds that have a label selector of their own. A Job's is made by the API server. */
const selecting = ["Deployment", "StatefulSet", "ReplicaSet", "DaemonSet"];

export const ownPods: Rule = {
  id: "own-pods",
  title:
    "A workload must select the pods that it makes, and nobody else's: else each counts and deletes the other's.",
  severity: "high",
  references: [
    kubernetes("Deployments: Selector", "concepts/workloads/controllers/deployment/#selector"),
    kubernetes("Labels and Selectors", "concepts/overview/working-with-objects/labels/"),
  ],
  mend: "Give selector and template the same labels, and each workload of a namespace one that no other has.",
  checkStack(stack, report) {
    for (const workload of stack.workloads.filter(({ object }) => selecting.includes(object.kind))) {
      const { object } = workload;
      const selector = object.body.at("spec", "selector");
      const own = matchesSelector(selector, labelsOf(workload));
      if (own === false) report(object, selector, "its own template has other labels");
      const { workloads, unknown } = stack.selected(object.namespace, (labels) =>
        matchesSelector(selector, labels),
      );
      if (unknown) report(object, unknown);
      for (const other of workloads.filter((each) => each.object !== object))
        report(object, selector, `pods of ${other.object.label} have ${shownSelector(selector)}, too`);
    }
  },
};
