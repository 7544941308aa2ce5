import type { Rule } from "../rule";

export const readOnlyRootFilesystem: Rule = {
  name: "read-only-root-filesystem",
  description: "A container's image must stay as it was built: what is written goes to a volume.",
  severity: "medium",
  standard: {
    name: "NSA/CISA Kubernetes Hardening Guidance",
    level: "1.2",
    control: "Immutable container file systems",
    url: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
  },
  mend: "Set securityContext.readOnlyRootFilesystem: true, and mount an emptyDir where the container writes.",
  checkContainer(container, report) {
    // Windows cannot do it; what a person debugs with has to be writable.
    if (container.pod.isWindows || container.isEphemeral) return;
    const field = container.securityContext.at("readOnlyRootFilesystem");
    if (field.isNot(true)) report(field);
  },
};
