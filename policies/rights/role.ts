import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";

/** What a Role or ClusterRole lets do, a field for each of its rules. */
export function rulesOf({ kind, isBuiltIn, body }: KubernetesObject): Field[] {
  return isBuiltIn && (kind === "Role" || kind === "ClusterRole") ? body.at("rules").items() : [];
}

export function isBinding({ kind, isBuiltIn }: KubernetesObject): boolean {
  return isBuiltIn && (kind === "RoleBinding" || kind === "ClusterRoleBinding");
}

/** The elements of a rule's list that are among these, and the list where it, or one of its elements, is not known. */
export function among(
  rule: Field,
  list: "verbs" | "resources" | "apiGroups",
  wanted: readonly string[],
): Field[] {
  return rule
    .at(list)
    .items()
    .filter((each) => each.isUnknown || wanted.includes(each.text ?? ""));
}

/**
 * The resources of a rule that are among these and on which it lets do one of the verbs, or everything; where it is not
 * known whether it does, the verbs.
 */
export function granted(rule: Field, resources: readonly string[], verbs: readonly string[]): Field[] {
  const may = among(rule, "verbs", [...verbs, "*"]);
  const on = among(rule, "resources", resources);
  if (on.length === 0 || may.length === 0) return [];
  return may.every(({ isUnknown }) => isUnknown) ? may : on;
}
