import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

export const procMount: Rule = {
  name: "proc-mount",
  description: "Containers must see /proc as the runtime masks it.",
  severity: "medium",
  standard: podSecurityStandard("baseline", "/proc Mount Type"),
  mend: "Leave securityContext.procMount out.",
  checkContainer(container, report) {
    const field = container.securityContext.at("procMount");
    if (field.isNot("Default", undefined)) report(field);
  },
};
