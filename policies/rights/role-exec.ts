import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { among, rulesOf } from "./role";

const inside = ["pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers"];

export const roleExec: Rule = {
  id: "role-exec",
  title: "A role may not let anybody into a pod: who is in has its secrets, its token and its network.",
  severity: "high",
  references: [
    kubernetes(
      "RBAC Good Practices: Workload creation",
      "concepts/security/rbac-good-practices/#workload-creation",
    ),
  ],
  mend: "Take it out of the role; give it to people, for as long as they need it.",
  checkObject(object, report) {
    for (const rule of rulesOf(object)) for (const each of among(rule, "resources", inside)) report(each);
  },
};
