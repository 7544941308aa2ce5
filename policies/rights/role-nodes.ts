import { cis, kubernetes } from "../references";
import type { Rule } from "../rule";
import { among, rulesOf } from "./role";

export const roleNodes: Rule = {
  id: "role-nodes",
  title:
    "A role may not lead to kubelets: they run commands in every pod of their node, past admission and audit.",
  severity: "critical",
  references: [
    cis("5.1.10", "Minimize access to the proxy sub-resource of nodes"),
    kubernetes(
      "RBAC Good Practices: Access to proxy subresource of Nodes",
      "concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes",
    ),
  ],
  mend: "Take nodes/proxy out; for metrics, nodes/metrics is enough.",
  checkObject(object, report) {
    for (const rule of rulesOf(object))
      for (const each of among(rule, "resources", ["nodes/proxy"])) report(each);
  },
};
