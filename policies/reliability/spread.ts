import type { Field } from "../field";
import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { leastReplicas } from "../scale";
import { matchesSelector } from "../selector";
import { labelsOf, replicatedKinds } from "../workload";

export const spread: Rule = {
  id: "spread",
  title: "Pods of a kind must be spread over nodes, so that one node does not take all of them down.",
  severity: "medium",
  references: [
    kubernetes(
      "Pod Topology Spread Constraints",
      "concepts/scheduling-eviction/topology-spread-constraints/",
    ),
  ],
  mend: "Add a topologySpreadConstraint over kubernetes.io/hostname with the pods' own labels, or a podAntiAffinity.",
  checkStack(stack, report) {
    for (const workload of stack.workloads) {
      const { object, pod } = workload;
      if (!replicatedKinds.includes(object.kind)) continue;
      const least = leastReplicas(stack, workload);
      if (typeof least === "number" && least < 2) continue;
      const constraints = pod.spec.at("topologySpreadConstraints");
      const selectors = [...spreading(constraints), ...repelling(pod.spec.at("affinity", "podAntiAffinity"))];
      const matches = selectors.map((selector) => matchesSelector(selector, labelsOf(workload)));
      if (matches.includes(true)) continue;
      const why = selectors.length > 0 ? "none of them selects these pods" : "nothing spreads its pods";
      const undecided = [...matches, least, constraints].find(
        (each): each is Field => typeof each === "object" && each.isUnknown,
      );
      report(object, undecided ?? constraints, undecided ? undefined : why);
    }
  },
};

function spreading(constraints: Field): Field[] {
  return constraints
    .items()
    .filter(isOverPlaces)
    .map((constraint) => constraint.at("labelSelector"));
}

function repelling(affinity: Field): Field[] {
  const required = affinity.at("requiredDuringSchedulingIgnoredDuringExecution").items();
  const preferred = affinity
    .at("preferredDuringSchedulingIgnoredDuringExecution")
    .items()
    .map((each) => each.at("podAffinityTerm"));
  return [...required, ...preferred].filter(isOverPlaces).map((term) => term.at("labelSelector"));
}

function isOverPlaces(term: Field): boolean {
  return /hostname|zone|region|rack/.test(term.at("topologyKey").text ?? "");
}
