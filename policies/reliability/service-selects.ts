import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { shownSelector } from "../selector";
import { podsBehind } from "../service";

export const serviceSelects: Rule = {
  id: "service-selects",
  title: "A Service must select pods: else nothing answers behind its name.",
  severity: "high",
  references: [kubernetes("Service", "concepts/services-networking/service/")],
  mend: "Write the labels of the pods that it sends to, or leave the selector out where its endpoints are written by hand.",
  checkStack(stack, report) {
    for (const service of stack.objectsOf("Service")) {
      const selector = service.body.at("spec", "selector");
      const isEmpty = !selector.isUnknown && selector.entries().length === 0;
      if (isEmpty || service.body.at("spec", "type").value === "ExternalName") continue;
      if (!stack.declares("Pod", service.namespace)) continue;
      const { workloads, unknown } = podsBehind(stack, service);
      if (workloads.length > 0 || stack.mayBeLabelled(service.namespace, selector, "Pod")) continue;
      if (unknown ?? selector.isUnknown) report(service, unknown ?? selector);
      else report(service, selector, `no pod of ${service.namespace} has ${shownSelector(selector)}`);
    }
  },
};
