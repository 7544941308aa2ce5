import type { Field } from "../field";
import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

export const runAsUser: Rule = {
  name: "run-as-user",
  description: "Neither a pod nor a container may name root (0) as its user.",
  severity: "high",
  standard: podSecurityStandard("restricted", "Running as Non-root user"),
  mend: "Set securityContext.runAsUser to a number above 0, or leave it to the image.",
  checkPod(pod, report) {
    const field = pod.securityContext.at("runAsUser");
    if (mayBeRoot(field)) report(field);
  },
  checkContainer(container, report) {
    const field = container.securityContext.at("runAsUser");
    if (mayBeRoot(field)) report(field);
  },
};

function mayBeRoot({ isSet, value }: Field): boolean {
  return isSet && !(typeof value === "number" && value > 0);
}
