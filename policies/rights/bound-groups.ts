import { cis, kubernetes } from "../references";
import type { Rule } from "../rule";
import { isBinding } from "./role";

const everybody = /^system:(masters|anonymous|unauthenticated|authenticated|serviceaccounts(:.*)?)$/;

export const boundGroups: Rule = {
  id: "bound-groups",
  title:
    "Rights must be given to somebody: not to all who are there, nor to those who stand above all rules.",
  severity: "critical",
  references: [
    cis("5.1.7", "Avoid use of system:masters group"),
    kubernetes(
      "RBAC Good Practices: Least privilege",
      "concepts/security/rbac-good-practices/#least-privilege",
    ),
  ],
  mend: "Name the service accounts or people that need them.",
  checkObject(object, report) {
    if (!isBinding(object)) return;
    for (const subject of object.body.at("subjects").items()) {
      const name = subject.at("name");
      if (
        subject.at("kind").value !== "ServiceAccount" &&
        (name.isUnknown || everybody.test(name.text ?? ""))
      )
        report(name);
    }
  },
};
