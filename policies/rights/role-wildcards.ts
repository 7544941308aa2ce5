import { cis } from "../references";
import type { Rule } from "../rule";
import { rulesOf } from "./role";

export const roleWildcards: Rule = {
  id: "role-wildcards",
  title: "A role must name what it lets do: a wildcard also means what will be added to the API one day.",
  severity: "high",
  references: [cis("5.1.3", "Minimize wildcard use in Roles and ClusterRoles")],
  mend: "Write out the verbs, the resources and the API groups.",
  checkObject(object, report) {
    for (const rule of rulesOf(object)) {
      for (const list of ["verbs", "resources", "apiGroups", "nonResourceURLs"]) {
        for (const each of rule.at(list).items())
          if (each.isUnknown || each.text?.includes("*")) report(each);
      }
    }
  },
};
