import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

export const privileged: Rule = {
  name: "privileged",
  description: "A privileged container is root on its node: none may be.",
  severity: "critical",
  standard: podSecurityStandard("baseline", "Privileged Containers"),
  mend: "Leave securityContext.privileged out.",
  checkContainer(container, report) {
    const field = container.securityContext.at("privileged");
    if (field.isNot(false, undefined)) report(field);
  },
};
