import type { Field } from "./field";
import type { Pod } from "./pod";
import { type KubernetesObject, podsOf } from "./pod-templates";
import type { Rule } from "./rule";

export interface Finding {
  readonly rule: Rule;
  readonly field: Field;
}

/** What the rules say about an object; each pod in it is walked once, for all of them. */
export function examine(rules: readonly Rule[], object: KubernetesObject, isPatch: boolean): Finding[] {
  return podsOf(object).flatMap((pod) => findingsIn(pod, rules, isPatch));
}

function findingsIn(pod: Pod, rules: readonly Rule[], isPatch: boolean): Finding[] {
  const findings = new Map<string, Finding>();
  const reportFor = (rule: Rule) => (field: Field) => {
    // A patch leaves as it is what it does not name.
    if (isPatch && !field.isSet) return;
    findings.set(`${rule.name} ${field.path}`, { rule, field });
  };
  for (const rule of rules) rule.checkPod?.(pod, reportFor(rule));
  for (const container of pod.containers) {
    for (const rule of rules) rule.checkContainer?.(container, reportFor(rule));
  }
  return [...findings.values()];
}
