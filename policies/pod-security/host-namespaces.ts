import { cis, podSecurityStandard } from "../references";
import type { Requirement, Rule } from "../rule";

export const hostNamespaces: Rule = {
  id: "host-namespaces",
  title: "Pods may not share the network, the processes or the memory (IPC) of their node.",
  severity: "critical",
  references: [
    podSecurityStandard("baseline", "Host Namespaces"),
    cis("5.2.3", "Minimize the admission of containers wishing to share the host process ID namespace"),
    cis("5.2.4", "Minimize the admission of containers wishing to share the host IPC namespace"),
    cis("5.2.5", "Minimize the admission of containers wishing to share the host network namespace"),
  ],
  mend: "Leave hostNetwork, hostPID and hostIPC out.",
  requires: ["hostNetwork", "hostPID", "hostIPC"].map(
    (path): Requirement => ({ of: "pod", path, accepts: [false, undefined] }),
  ),
};
