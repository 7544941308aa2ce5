import { kubernetes, nsa } from "../references";
import type { Rule } from "../rule";
import { isBound } from "./quantity";

export const resourceLimits: Rule<{ readonly resources: readonly string[] }> = {
  id: "resource-limits",
  title: "What a container may use at most must be said, so that it cannot starve its neighbours.",
  severity: "high",
  references: [
    kubernetes("Resource Management: Limits", "concepts/configuration/manage-resources-containers/"),
    nsa("Resource policies"),
  ],
  mend: "Set resources.limits: {cpu, memory} on the container, as in {cpu: 500m, memory: 512Mi}.",
  settings: {
    resources: {
      type: "array",
      items: { type: "string", enum: ["cpu", "memory", "ephemeral-storage"] },
      description: "The resources that have to be bounded.",
      default: ["cpu", "memory"],
    },
  },
  checkContainer(container, report, { resources }) {
    if (container.isEphemeral) return;
    for (const resource of resources) {
      const own = container.field.at("resources", "limits", resource);
      const pods = container.pod.spec.at("resources", "limits", resource);
      // Without one of its own, a container can use what the pod as a whole may.
      const field = own.isSet || !pods.isSet ? own : pods;
      if (!isBound(field)) report(field);
    }
  },
};
