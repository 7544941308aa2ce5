import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

// A pod in its own user namespace (hostUsers: false) is not let off: clusters before 1.35 would refuse it.
export const runAsNonRoot: Rule = {
  name: "run-as-non-root",
  description:
    "Containers must be declared to run as a user other than root: the kubelet then starts no other.",
  severity: "high",
  standard: podSecurityStandard("restricted", "Running as Non-root"),
  mend: "Set securityContext.runAsNonRoot: true on the pod, and nothing else on its containers.",
  checkPod(pod, report) {
    const field = pod.securityContext.at("runAsNonRoot");
    if (field.isNot(true, undefined)) report(field);
  },
  checkContainer(container, report) {
    const own = container.securityContext.at("runAsNonRoot");
    // A pod that sets it wrong is reported as a pod.
    if (own.isSet ? own.isNot(true) : !container.pod.securityContext.at("runAsNonRoot").isSet) report(own);
  },
};
