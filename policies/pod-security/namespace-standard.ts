import { cis, podSecurityStandard } from "../references";
import type { Rule } from "../rule";

const label = "pod-security.kubernetes.io/enforce";

export const namespaceStandard: Rule = {
  id: "namespace-standard",
  title:
    "A namespace must have the API server enforce a Pod Security Standard, also on pods that no policy pack sees.",
  severity: "medium",
  references: [
    podSecurityStandard("baseline", "Pod Security admission"),
    cis("5.2.1", "Ensure that the cluster has at least one active policy control mechanism in place"),
  ],
  mend: `Label the namespace ${label}: restricted, or baseline where that is not possible.`,
  checkObject(object, report) {
    if (object.kind !== "Namespace" || !object.isBuiltIn) return;
    const field = object.metadata.at("labels", label);
    if (field.isNot("restricted", "baseline")) report(field);
  },
};
