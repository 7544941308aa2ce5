import type { Rule } from "../rule";
import { isBound, resourceManagement } from "./quantities";

export const resourceRequests: Rule = {
  name: "resource-requests",
  description: "What a container needs must be said, so that it is placed where there is room for it.",
  severity: "medium",
  standard: resourceManagement("Requests"),
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
