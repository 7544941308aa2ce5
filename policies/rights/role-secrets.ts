import { cis, kubernetes } from "../references";
import type { Rule } from "../rule";
import { granted, rulesOf } from "./role";

export const roleSecrets: Rule = {
  id: "role-secrets",
  title: "A role may let read only Secrets that it names: who lists them reads all, with those of tomorrow.",
  severity: "high",
  references: [
    cis("5.1.2", "Minimize access to secrets"),
    kubernetes(
      "RBAC Good Practices: Listing secrets",
      "concepts/security/rbac-good-practices/#listing-secrets",
    ),
  ],
  mend: "Name the Secrets in resourceNames, with the verb get.",
  checkObject(object, report) {
    for (const rule of rulesOf(object)) {
      const names = rule.at("resourceNames");
      if (names.items().some(({ isUnknown }) => !isUnknown)) continue;
      for (const secrets of granted(rule, ["secrets"], ["get", "list", "watch"]))
        report(names.isUnknown ? names : secrets, "no resourceNames bound it");
    }
  },
};
