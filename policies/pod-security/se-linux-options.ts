import { podSecurityStandard } from "../references";
import type { Requirement, Rule } from "../rule";

const types = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

export const seLinuxOptions: Rule = {
  id: "se-linux-options",
  title: "SELinux confines containers: only its types for containers may be chosen, no user and no role.",
  severity: "medium",
  references: [podSecurityStandard("baseline", "SELinux")],
  mend: `Leave seLinuxOptions.user and .role out, and .type, or take one of ${types.join(", ")}.`,
  requires: (["pod", "container"] as const).flatMap((of) => [
    option(of, "type", types),
    option(of, "user"),
    option(of, "role"),
  ]),
};

function option(of: Requirement["of"], name: string, values: readonly string[] = []): Requirement {
  return { of, path: `securityContext.seLinuxOptions.${name}`, accepts: [...values, "", undefined] };
}
