import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { isBound } from "./quantity";

export const resourceRequests: Rule = {
  id: "resource-requests",
  title: "What a container needs must be said, so that it is placed where there is room for it.",
  severity: "medium",
  references: [
    kubernetes("Resource Management: Requests", "concepts/configuration/manage-resources-containers/"),
  ],
  mend: "Set resources.requests: {cpu, memory} on the container, as in {cpu: 100m, memory: 256Mi}.",
  checkContainer(container, report) {
    if (container.isEphemeral) return;
    for (const resource of ["cpu", "memory"]) {
      const own = container.field.at("resources");
      const pods = container.pod.spec.at("resources");
      // The API server takes a limit for the request that is not there.
      const resolved = [own, pods]
        .flatMap((resources) => [resources.at("requests", resource), resources.at("limits", resource)])
        .find((field) => field.isSet);
      const field = resolved ?? own.at("requests", resource);
      if (!isBound(field)) report(field);
    }
  },
};
