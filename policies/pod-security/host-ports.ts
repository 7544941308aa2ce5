import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

export const hostPorts: Rule = {
  name: "host-ports",
  description: "Containers may not take ports of their node, past Services and network policies.",
  severity: "medium",
  standard: podSecurityStandard("baseline", "Host Ports"),
  mend: "Leave hostPort out, and reach the container through a Service.",
  checkContainer(container, report) {
    for (const port of container.field.at("ports").items()) {
      const field = port.at("hostPort");
      if (field.isNot(0, undefined)) report(field);
    }
  },
};
