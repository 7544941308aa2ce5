import type { KubernetesObject } from "../kubernetes-object";
import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { autoscalersOf, targetOf } from "../scale";

export const autoscalerAlone: Rule = {
  id: "autoscaler-alone",
  title: "A workload must have one autoscaler at most: two take turns in undoing what the other did.",
  severity: "high",
  references: [
    kubernetes("Horizontal Pod Autoscaling", "tasks/run-application/horizontal-pod-autoscale/#api-object"),
  ],
  mend: "Put the metrics of both into one: it takes the largest number that any of them asks for.",
  checkStack(stack, report) {
    const first = new Map<string, KubernetesObject>();
    for (const autoscaler of autoscalersOf(stack)) {
      const target = targetOf(autoscaler);
      const [kind, name] = [target.at("kind").text ?? "Deployment", target.at("name").text];
      if (name === undefined) continue;
      const key = `${kind} ${autoscaler.namespace}/${name}`;
      const other = first.get(key);
      if (other) report(autoscaler, target.at("name"), `${other.label} scales it, too`);
      else first.set(key, autoscaler);
    }
  },
};
