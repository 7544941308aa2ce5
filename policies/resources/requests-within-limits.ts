import type { Field } from "../field";
import { kubernetes } from "../references";
import type { Report, Rule } from "../rule";
import { billionths } from "./quantity";

export const requestsWithinLimits: Rule = {
  id: "requests-within-limits",
  title: "A request above its limit is refused by the API server, when half of the system may be in place.",
  severity: "medium",
  references: [
    kubernetes("Resource Management: Requests", "concepts/configuration/manage-resources-containers/"),
  ],
  mend: "Lower the request, or raise the limit.",
  checkPod: (pod, report) => check(pod.spec.at("resources"), report),
  checkContainer: (container, report) => check(container.field.at("resources"), report),
};

function check(resources: Field, report: Report) {
  for (const resource of ["cpu", "memory", "ephemeral-storage"]) {
    const request = resources.at("requests", resource);
    const limit = resources.at("limits", resource);
    if (!request.isSet || !limit.isSet) continue;
    const [asked, bound] = [billionths(request), billionths(limit)];
    if (limit.isUnknown) report(limit);
    else if (request.isUnknown || (asked !== undefined && bound !== undefined && asked > bound))
      report(request);
  }
}
