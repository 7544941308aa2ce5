import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

export const hostNamespaces: Rule = {
  name: "host-namespaces",
  description: "Pods may not share the network, the processes or the memory (IPC) of their node.",
  severity: "critical",
  standard: podSecurityStandard("baseline", "Host Namespaces"),
  mend: "Leave hostNetwork, hostPID and hostIPC out.",
  checkPod(pod, report) {
    for (const setting of ["hostNetwork", "hostPID", "hostIPC"]) {
      const field = pod.spec.at(setting);
      if (field.isNot(false, undefined)) report(field);
    }
  },
};
