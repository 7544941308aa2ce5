import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

const annotation = "container.apparmor.security.beta.kubernetes.io/";

export const appArmorProfile: Rule = {
  name: "app-armor-profile",
  description: "Where the node has AppArmor, no container may go without a profile.",
  severity: "medium",
  standard: podSecurityStandard("baseline", "AppArmor"),
  mend: "Set appArmorProfile.type to RuntimeDefault or Localhost, or leave it to the runtime's default.",
  checkPod(pod, report) {
    const profile = pod.securityContext.at("appArmorProfile");
    if (profile.isSet && profile.at("type").isNot("RuntimeDefault", "Localhost")) report(profile.at("type"));
    const annotations = pod.metadata.at("annotations");
    if (annotations.isUnknown) report(annotations);
    for (const [key, field] of annotations.entries()) {
      const accepted = /^(runtime\/default|localhost\/.*|)$/;
      if (key.startsWith(annotation) && !(typeof field.value === "string" && accepted.test(field.value)))
        report(field);
    }
  },
  checkContainer(container, report) {
    const profile = container.securityContext.at("appArmorProfile");
    if (profile.isSet && profile.at("type").isNot("RuntimeDefault", "Localhost")) report(profile.at("type"));
  },
};
