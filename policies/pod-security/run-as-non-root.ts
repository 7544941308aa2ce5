import { cis, nsa, podSecurityStandard } from "../references";
import type { Rule } from "../rule";

// A pod in its own user namespace (hostUsers: false) is not let off: clusters before 1.35 would refuse it.
export const runAsNonRoot: Rule = {
  id: "run-as-non-root",
  title: "Containers must be declared to run as a user other than root: the kubelet then starts no other.",
  severity: "high",
  references: [
    podSecurityStandard("restricted", "Running as Non-root"),
    cis("5.2.7", "Minimize the admission of root containers"),
    nsa("Non-root containers"),
  ],
  mend: "Set securityContext.runAsNonRoot: true on the pod, and nothing else on its containers.",
  remedy: { of: "pod", path: "securityContext.runAsNonRoot", value: true },
  requires: [{ of: "pod", path: "securityContext.runAsNonRoot", accepts: [true, undefined] }],
  checkContainer(container, report) {
    const own = container.securityContext.at("runAsNonRoot");
    // A pod that sets it wrong is reported as a pod.
    if (own.isSet ? own.isNot(true) : !container.pod.securityContext.at("runAsNonRoot").isSet) report(own);
  },
};
