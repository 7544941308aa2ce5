import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";
import { cis, kubernetes, nsa } from "../references";
import type { Rule } from "../rule";
import { type Match, matchesSelector } from "../selector";
import { labelsOf } from "../workload";

const directions = ["Ingress", "Egress"] as const;

export const isolation: Rule = {
  id: "isolation",
  title:
    "Network policies must bound every pod in both directions: what none selects may reach, and be reached by, all.",
  severity: "high",
  references: [
    kubernetes(
      "Network Policies",
      "concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
    ),
    cis("5.3.2", "Ensure that all Namespaces have NetworkPolicies defined"),
    nsa("Network policies"),
  ],
  mend: "Add a NetworkPolicy with podSelector: {} and policyTypes: [Ingress, Egress] to the namespace, and one for what each workload needs.",
  checkStack(stack, report) {
    for (const workload of stack.workloads) {
      const { object, pod } = workload;
      // On its node's network, no policy holds: host-namespaces speaks of that.
      if (pod.spec.at("hostNetwork").value === true) continue;
      const policies = stack.objectsIn(object.namespace, "NetworkPolicy");
      for (const direction of directions) {
        const matches = policies
          .filter((policy) => boundsIn(policy, direction))
          .map(({ body }): Match => matchesSelector(body.at("spec", "podSelector"), labelsOf(workload)));
        if (matches.includes(true)) continue;
        const unknown = matches.find((match): match is Field => typeof match === "object");
        if (unknown) report(object, unknown);
        else
          report(
            object,
            labelsOf(workload),
            `no NetworkPolicy with policyTypes ${direction} selects these pods`,
          );
      }
    }
  },
};

function boundsIn({ body }: KubernetesObject, direction: string): boolean {
  const types = body.at("spec", "policyTypes");
  if (types.isSet) return types.items().some(({ value }) => value === direction);
  return direction === "Ingress" || body.at("spec", "egress").isSet;
}
