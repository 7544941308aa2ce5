import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { podsBehind } from "../service";

export const statefulSetService: Rule = {
  id: "stateful-set-service",
  title:
    "The Service that a StatefulSet names must be there and select its pods: else they have no names in DNS.",
  severity: "medium",
  references: [
    kubernetes(
      "StatefulSets: Stable Network ID",
      "concepts/workloads/controllers/statefulset/#stable-network-id",
    ),
  ],
  mend: "Name a Service with clusterIP: None that selects the pods.",
  checkStack(stack, report) {
    for (const { object } of stack.workloads.filter((each) => each.object.kind === "StatefulSet")) {
      const name = object.body.at("spec", "serviceName");
      // Whoever does not need such names leaves it out.
      if (!name.isSet) continue;
      if (name.isUnknown) {
        report(object, name);
        continue;
      }
      const service = stack.find("Service", object.namespace, name.text ?? "");
      if (!service) report(object, name, `there is no such Service in ${object.namespace}`);
      else if (service.body.at("spec", "clusterIP").isNot("None"))
        report(object, name, "it is not headless (clusterIP: None)");
      else {
        const { workloads, unknown } = podsBehind(stack, service);
        if (workloads.some((each) => each.object === object)) continue;
        if (unknown) report(service, unknown);
        else report(object, name, "it does not select its pods");
      }
    }
  },
};
