import { podSecurityStandard } from "../references";
import type { Requirement, Rule } from "../rule";

const annotation = "container.apparmor.security.beta.kubernetes.io/";
const accepted = /^(runtime\/default|localhost\/.*|)$/;

export const appArmorProfile: Rule = {
  id: "app-armor-profile",
  title: "Where the node has AppArmor, no container may go without a profile.",
  severity: "medium",
  references: [podSecurityStandard("baseline", "AppArmor")],
  mend: "Set appArmorProfile.type to RuntimeDefault or Localhost, or leave it to the runtime's default.",
  requires: (["pod", "container"] as const).map(
    (of): Requirement => ({
      of,
      path: "securityContext.appArmorProfile.type",
      accepts: ["RuntimeDefault", "Localhost", undefined],
    }),
  ),
  // As clusters before 1.30 read it.
  checkPod(pod, report) {
    const annotations = pod.metadata.at("annotations");
    if (annotations.isUnknown) report(annotations);
    for (const [key, field] of annotations.entries()) {
      if (key.startsWith(annotation) && !accepted.test(field.text ?? "-")) report(field);
    }
  },
};
