import type { Field } from "../field";
import { cis, podSecurityStandard } from "../references";
import type { Rule } from "../rule";

export const runAsUser: Rule = {
  id: "run-as-user",
  title: "Neither a pod nor a container may name root (0) as its user.",
  severity: "high",
  references: [
    podSecurityStandard("restricted", "Running as Non-root user"),
    cis("5.2.7", "Minimize the admission of root containers"),
  ],
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
