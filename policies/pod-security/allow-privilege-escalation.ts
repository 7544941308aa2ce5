import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

export const allowPrivilegeEscalation: Rule = {
  name: "allow-privilege-escalation",
  description:
    "No process may gain more privileges than its parent, as it would through a set-user-ID program.",
  severity: "high",
  standard: podSecurityStandard("restricted", "Privilege Escalation"),
  mend: "Set securityContext.allowPrivilegeEscalation: false on the container.",
  checkContainer(container, report) {
    if (container.pod.isWindows) return;
    const field = container.securityContext.at("allowPrivilegeEscalation");
    if (field.isNot(false)) report(field);
  },
};
