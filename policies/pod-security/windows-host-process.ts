import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

export const windowsHostProcess: Rule = {
  name: "windows-host-process",
  description: "Windows containers may not run as processes of their node.",
  severity: "critical",
  standard: podSecurityStandard("baseline", "HostProcess"),
  mend: "Leave securityContext.windowsOptions.hostProcess out.",
  checkPod(pod, report) {
    const field = pod.securityContext.at("windowsOptions", "hostProcess");
    if (field.isNot(false, undefined)) report(field);
  },
  checkContainer(container, report) {
    const field = container.securityContext.at("windowsOptions", "hostProcess");
    if (field.isNot(false, undefined)) report(field);
  },
};
