import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

const handlers = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
];

export const hostProbes: Rule = {
  name: "host-probes",
  description: "Probes and lifecycle hooks may not make the kubelet call other hosts than the pod itself.",
  severity: "medium",
  standard: podSecurityStandard("baseline", "Host Probes / Lifecycle Hooks"),
  mend: "Leave host out of httpGet and tcpSocket: they then ask the pod.",
  checkContainer(container, report) {
    for (const handler of handlers) {
      for (const action of ["httpGet", "tcpSocket"]) {
        const field = container.field.at(...handler, action, "host");
        if (field.isNot("", undefined)) report(field);
      }
    }
  },
};
