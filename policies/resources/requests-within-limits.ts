import { compareQuantities } from "../../config/values/amount";
import type { Field } from "../field";
import type { Report, Rule } from "../rule";
import { resourceManagement } from "./quantities";

export const requestsWithinLimits: Rule = {
  name: "requests-within-limits",
  description:
    "A request above its limit is refused by the API server, when half of the system may be in place.",
  severity: "medium",
  standard: resourceManagement("Requests"),
  mend: "Lower the request, or raise the limit.",
  checkPod: (pod, report) => check(pod.spec.at("resources"), report),
  checkContainer: (container, report) => check(container.field.at("resources"), report),
};

function check(resources: Field, report: Report) {
  for (const resource of ["cpu", "memory", "ephemeral-storage"]) {
    const request = resources.at("requests", resource);
    const limit = resources.at("limits", resource);
    if (!request.isSet || !limit.isSet) continue;
    if (limit.isUnknown) report(limit);
    else if (request.isUnknown || (compareQuantities(request.value, limit.value) ?? 0) > 0) report(request);
  }
}
