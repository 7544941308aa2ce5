import { cis, podSecurityStandard } from "../references";
import type { Rule } from "../rule";

export const privileged: Rule = {
  id: "privileged",
  title: "A privileged container is root on its node: none may be.",
  severity: "critical",
  references: [
    podSecurityStandard("baseline", "Privileged Containers"),
    cis("5.2.2", "Minimize the admission of privileged containers"),
  ],
  mend: "Leave securityContext.privileged out.",
  requires: [{ of: "container", path: "securityContext.privileged", accepts: [false, undefined] }],
};
