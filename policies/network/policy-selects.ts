import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";
import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { matchesSelector, shownSelector } from "../selector";
import type { Stack } from "../stack";

export const policySelects: Rule = {
  id: "policy-selects",
  title:
    "A network policy must select pods, and each of its peers too: else it protects nobody, or lets through nobody.",
  severity: "medium",
  references: [
    kubernetes("Network Policies", "concepts/services-networking/network-policies/#networkpolicy-resource"),
  ],
  mend: "Write the labels that the pods have.",
  checkStack(stack, report) {
    for (const policy of stack.objectsOf("NetworkPolicy")) {
      if (!stack.declares("Pod", policy.namespace)) continue;
      const spec = policy.body.at("spec");
      for (const selector of [spec.at("podSelector"), ...peersOf(spec)]) {
        const missing = nothing(stack, policy, selector);
        if (missing) report(policy, ...missing);
      }
    }
  },
};

/** The selectors of pods of the policy's own namespace: who is elsewhere, this stack need not know. */
function peersOf(spec: Field): Field[] {
  const ends = [
    ...spec
      .at("ingress")
      .items()
      .map((rule) => rule.at("from")),
    ...spec
      .at("egress")
      .items()
      .map((rule) => rule.at("to")),
  ];
  return ends
    .flatMap((end) => end.items())
    .filter((peer) => !peer.at("namespaceSelector").isSet)
    .map((peer) => peer.at("podSelector"))
    .filter(({ isSet }) => isSet);
}

function nothing(
  stack: Stack,
  { namespace }: KubernetesObject,
  selector: Field,
): [Field, string?] | undefined {
  // All pods of the namespace, however many they are.
  if (!selector.isUnknown && selector.entries().length === 0) return undefined;
  const { workloads, unknown } = stack.selected(namespace, (labels) => matchesSelector(selector, labels));
  if (workloads.length > 0 || stack.mayBeLabelled(namespace, selector, "Pod")) return undefined;
  if (unknown ?? selector.isUnknown) return [unknown ?? selector];
  return [selector, `no pod of ${namespace} has ${shownSelector(selector)}`];
}
