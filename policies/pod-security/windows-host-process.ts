import { cis, podSecurityStandard } from "../references";
import type { Requirement, Rule } from "../rule";

export const windowsHostProcess: Rule = {
  id: "windows-host-process",
  title: "Windows containers may not run as processes of their node.",
  severity: "critical",
  references: [
    podSecurityStandard("baseline", "HostProcess"),
    cis("5.2.11", "Minimize the admission of Windows HostProcess containers"),
  ],
  mend: "Leave securityContext.windowsOptions.hostProcess out.",
  requires: (["pod", "container"] as const).map(
    (of): Requirement => ({
      of,
      path: "securityContext.windowsOptions.hostProcess",
      accepts: [false, undefined],
    }),
  ),
};
