import { podSecurityStandard } from "../references";
import type { Rule } from "../rule";

export const procMount: Rule = {
  id: "proc-mount",
  title: "Containers must see /proc as the runtime masks it.",
  severity: "medium",
  references: [podSecurityStandard("baseline", "/proc Mount Type")],
  mend: "Leave securityContext.procMount out.",
  requires: [{ of: "container", path: "securityContext.procMount", accepts: ["Default", undefined] }],
};
