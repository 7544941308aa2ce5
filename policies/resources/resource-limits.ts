import type { Rule } from "../rule";
import { isBound, resourceManagement } from "./quantities";

export const resourceLimits: Rule = {
  name: "resource-limits",
  description: "What a container may use at most must be said, so that it cannot starve its neighbours.",
  severity: "high",
  standard: resourceManagement("Limits"),
  mend: "Set resources.limits: {cpu, memory} on the container, as in {cpu: 500m, memory: 512Mi}.",
  checkContainer(container, report) {
    if (container.isEphemeral) return;
    for (const resource of ["cpu", "memory"]) {
      const own = container.field.at("resources", "limits", resource);
      const pods = container.pod.spec.at("resources", "limits", resource);
      // Without one of its own, a container can use what the pod as a whole may.
      const field = own.isSet || !pods.isSet ? own : pods;
      if (!isBound(field)) report(field);
    }
  },
};
