import { cis, podSecurityStandard } from "../references";
import type { Rule } from "../rule";

export const capabilities: Rule = {
  id: "capabilities",
  title: "Containers must drop all Linux capabilities, and may take back NET_BIND_SERVICE at most.",
  severity: "high",
  references: [
    podSecurityStandard("restricted", "Capabilities"),
    cis("5.2.8", "Minimize the admission of containers with the NET_RAW capability"),
    cis("5.2.10", "Minimize the admission of containers with capabilities assigned"),
  ],
  mend: 'Set securityContext.capabilities: {drop: ["ALL"]} on the container, and add NET_BIND_SERVICE only.',
  remedy: { of: "container", path: "securityContext.capabilities.drop", value: ["ALL"] },
  checkContainer(container, report) {
    if (container.pod.isWindows) return;
    const drop = container.securityContext.at("capabilities", "drop");
    const dropped = drop.items();
    if (!dropped.some((each) => each.value === "ALL")) report(dropped.find((each) => each.isUnknown) ?? drop);
    for (const added of container.securityContext.at("capabilities", "add").items()) {
      if (added.isNot("NET_BIND_SERVICE")) report(added);
    }
  },
};
