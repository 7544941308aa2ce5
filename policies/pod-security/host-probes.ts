import { podSecurityStandard } from "../references";
import type { Requirement, Rule } from "../rule";

const handlers = [
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle.postStart",
  "lifecycle.preStop",
];

export const hostProbes: Rule = {
  id: "host-probes",
  title: "Probes and lifecycle hooks may not make the kubelet call other hosts than the pod itself.",
  severity: "medium",
  references: [podSecurityStandard("baseline", "Host Probes / Lifecycle Hooks")],
  mend: "Leave host out of httpGet and tcpSocket: they then ask the pod.",
  requires: handlers.flatMap((handler) =>
    ["httpGet", "tcpSocket"].map(
      (action): Requirement => ({
        of: "container",
        path: `${handler}.${action}.host`,
        accepts: ["", undefined],
      }),
    ),
  ),
};
