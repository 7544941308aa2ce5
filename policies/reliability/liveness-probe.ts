import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { servingContainers } from "./serving";

export const livenessProbe: Rule = {
  id: "liveness-probe",
  title: "What a Service sends to should say whether it is alive, so that one that hangs is started again.",
  severity: "low",
  references: [
    kubernetes(
      "Liveness, Readiness, and Startup Probes",
      "concepts/configuration/liveness-readiness-startup-probes/#liveness-probe",
    ),
  ],
  mend: "Give the container that serves a livenessProbe that asks nothing but the process itself.",
  // A process that ends when it cannot go on needs none.
  level: "advisory",
  checkStack(stack, report) {
    for (const { workload, container } of servingContainers(stack)) {
      const probe = container.field.at("livenessProbe");
      if (!probe.isSet || probe.isUnknown) report(workload.object, probe);
    }
  },
};
