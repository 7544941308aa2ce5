import { cis, podSecurityStandard } from "../references";
import type { Rule } from "../rule";

export const hostPorts: Rule = {
  id: "host-ports",
  title: "Containers may not take ports of their node, past Services and network policies.",
  severity: "medium",
  references: [
    podSecurityStandard("baseline", "Host Ports"),
    cis("5.2.13", "Minimize the admission of containers which use HostPorts"),
  ],
  mend: "Leave hostPort out, and reach the container through a Service.",
  requires: [{ of: "container", path: "ports[].hostPort", accepts: [0, undefined] }],
};
