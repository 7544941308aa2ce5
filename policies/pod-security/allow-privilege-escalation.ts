import { cis, podSecurityStandard } from "../references";
import type { Rule } from "../rule";

export const allowPrivilegeEscalation: Rule = {
  id: "allow-privilege-escalation",
  title: "No process may gain more privileges than its parent, as it would through a set-user-ID program.",
  severity: "high",
  references: [
    podSecurityStandard("restricted", "Privilege Escalation"),
    cis("5.2.6", "Minimize the admission of containers with allowPrivilegeEscalation"),
  ],
  mend: "Set securityContext.allowPrivilegeEscalation: false on the container.",
  remedy: { of: "container", path: "securityContext.allowPrivilegeEscalation", value: false },
  requires: [
    { of: "container", path: "securityContext.allowPrivilegeEscalation", accepts: [false], linuxOnly: true },
  ],
};
