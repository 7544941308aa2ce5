import type { Rule } from "../rule";
import { podSecurityStandard } from "./standard";

export const capabilities: Rule = {
  name: "capabilities",
  description: "Containers must drop all Linux capabilities, and may take back NET_BIND_SERVICE at most.",
  severity: "high",
  standard: podSecurityStandard("restricted", "Capabilities"),
  mend: 'Set securityContext.capabilities: {drop: ["ALL"]} on the container, and add NET_BIND_SERVICE only.',
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
