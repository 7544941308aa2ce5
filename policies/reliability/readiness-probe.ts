import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { servingContainers } from "./serving";

export const readinessProbe: Rule = {
  id: "readiness-probe",
  title:
    "What a Service sends to must say when it is ready: before, and while it is not, it would get requests too.",
  severity: "high",
  references: [
    kubernetes(
      "Liveness, Readiness, and Startup Probes",
      "concepts/configuration/liveness-readiness-startup-probes/#readiness-probe",
    ),
  ],
  mend: "Give the container that serves a readinessProbe.",
  checkStack(stack, report) {
    for (const { workload, container } of servingContainers(stack)) {
      const probe = container.field.at("readinessProbe");
      if (!probe.isSet || probe.isUnknown) report(workload.object, probe);
    }
  },
};
