import { cis, kubernetes } from "../references";
import type { Rule } from "../rule";

export const clusterScope: Rule = {
  id: "cluster-scope",
  title:
    "Rights must end at the namespace: what a program needs of the whole cluster is for the cluster's team to give.",
  severity: "high",
  references: [
    kubernetes(
      "RBAC Good Practices: Least privilege",
      "concepts/security/rbac-good-practices/#least-privilege",
    ),
    cis("5.1.1", "Ensure that the cluster-admin role is only used where required"),
  ],
  mend: "Use a Role and a RoleBinding.",
  checkObject({ kind, body, isBuiltIn }, report) {
    if (!isBuiltIn) return;
    if (kind === "ClusterRole" || kind === "ClusterRoleBinding") report(body.at("kind"));
    const role = body.at("roleRef", "name");
    if (kind === "RoleBinding" && role.value === "cluster-admin") report(role);
  },
};
