import type { KubernetesObject } from "../kubernetes-object";
import { kubernetes } from "../references";
import type { Rule, StackReport } from "../rule";
import type { Stack } from "../stack";

export const rolesUsed: Rule = {
  id: "roles-used",
  title:
    "A role must be given to somebody, and a binding give one that is there: what is left over, somebody may find.",
  severity: "low",
  references: [
    kubernetes(
      "RBAC Good Practices: Periodic review",
      "concepts/security/rbac-good-practices/#periodic-review",
    ),
  ],
  mend: "Take out what nobody uses, or mend the name.",
  checkStack(stack, report) {
    const bindings = stack.objectsOf("RoleBinding", "ClusterRoleBinding");
    for (const role of stack.objectsOf("Role", "ClusterRole")) checkRole(role, bindings, report);
    for (const binding of bindings) checkBinding(stack, binding, report);
  },
};

function checkRole(role: KubernetesObject, bindings: readonly KubernetesObject[], report: StackReport) {
  // Others add what it holds to roles of their own.
  const labels = role.metadata.at("labels").entries();
  if (labels.some(([key]) => key.startsWith("rbac.authorization.k8s.io/aggregate-to-"))) return;
  const isBound = bindings.some(
    (binding) =>
      binding.body.at("roleRef", "kind").value === role.kind &&
      binding.body.at("roleRef", "name").isNot(undefined) &&
      [role.name, undefined].includes(binding.body.at("roleRef", "name").text) &&
      (!role.isNamespaced || binding.namespace === role.namespace),
  );
  if (!isBound) report(role, role.metadata.at("name"), "nothing binds it");
}

function checkBinding(stack: Stack, binding: KubernetesObject, report: StackReport) {
  const { body, namespace } = binding;
  const role = body.at("roleRef", "name");
  const subjects = body.at("subjects");
  if (role.isUnknown) report(binding, role);
  else if (
    body.at("roleRef", "kind").value === "Role" &&
    !(namespace === "kube-system" && ofTheCluster.test(role.text ?? "")) &&
    !stack.find("Role", namespace, role.text ?? "")
  )
    report(binding, role, `there is no such Role in ${namespace}`);
  if (subjects.items().length === 0) report(binding, subjects, "it gives the role to nobody");
  for (const subject of subjects.items()) {
    const name = subject.at("name");
    // Who is elsewhere, this stack need not know.
    const isHere =
      subject.at("kind").value === "ServiceAccount" &&
      (subject.at("namespace").text ?? namespace) === namespace;
    if (!isHere) continue;
    if (name.isUnknown) report(binding, name);
    else if (!isAccount(stack, namespace, name.text ?? ""))
      report(binding, name, `there is no such ServiceAccount in ${namespace}, and no pod uses it`);
  }
}

/** Roles that every cluster has. */
const ofTheCluster = /^(extension-apiserver-authentication-reader$|system:)/;

function isAccount(stack: Stack, namespace: string, name: string): boolean {
  const pods = stack.workloadsIn(namespace).map(({ pod }) => pod.spec.at("serviceAccountName"));
  return (
    stack.find("ServiceAccount", namespace, name) !== undefined ||
    pods.some((each) => each.isUnknown || each.text === name) ||
    stack.mayBeMade(namespace, name)
  );
}
