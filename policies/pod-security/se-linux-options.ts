import type { Field } from "../field";
import type { Report, Rule } from "../rule";
import { podSecurityStandard } from "./standard";

const types = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

export const seLinuxOptions: Rule = {
  name: "se-linux-options",
  description:
    "SELinux confines containers: only its types for containers may be chosen, no user and no role.",
  severity: "medium",
  standard: podSecurityStandard("baseline", "SELinux"),
  mend: `Leave seLinuxOptions.user and .role out, and .type, or take one of ${types.join(", ")}.`,
  checkPod: (pod, report) => check(pod.securityContext.at("seLinuxOptions"), report),
  checkContainer: (container, report) => check(container.securityContext.at("seLinuxOptions"), report),
};

function check(options: Field, report: Report) {
  if (options.at("type").isNot(...types, "", undefined)) report(options.at("type"));
  for (const setting of ["user", "role"]) {
    if (options.at(setting).isNot("", undefined)) report(options.at(setting));
  }
}
