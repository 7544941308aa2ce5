import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

const accepted = ["RuntimeDefault", "Localhost"];

export const seccompProfile: Rule = {
  name: "seccomp-profile",
  description: "A seccomp profile must bound the system calls of every container.",
  severity: "medium",
  standard: podSecurityStandard("restricted", "Seccomp"),
  mend: "Set securityContext.seccompProfile: {type: RuntimeDefault} on the pod, and nothing else on its containers.",
  checkPod(pod, report) {
    const profile = pod.securityContext.at("seccompProfile");
    if (!pod.isWindows && profile.isSet && profile.at("type").isNot(...accepted)) report(profile.at("type"));
  },
  checkContainer(container, report) {
    if (container.pod.isWindows) return;
    const own = container.securityContext.at("seccompProfile");
    const inherits = !own.isSet && container.pod.securityContext.at("seccompProfile").isSet;
    // A pod that sets it wrong is reported as a pod.
    if (!inherits && own.at("type").isNot(...accepted)) report(own.at("type"));
  },
};
