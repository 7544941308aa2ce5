import { cis, podSecurityStandard } from "../references";
import type { Rule } from "../rule";

const accepted = ["RuntimeDefault", "Localhost"];

export const seccompProfile: Rule = {
  id: "seccomp-profile",
  title: "A seccomp profile must bound the system calls of every container.",
  severity: "medium",
  references: [
    podSecurityStandard("restricted", "Seccomp"),
    cis("5.7.2", "Ensure that the seccomp profile is set to docker/default in your Pod definitions"),
  ],
  mend: "Set securityContext.seccompProfile: {type: RuntimeDefault} on the pod, and nothing else on its containers.",
  remedy: { of: "pod", path: "securityContext.seccompProfile", value: { type: "RuntimeDefault" } },
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
