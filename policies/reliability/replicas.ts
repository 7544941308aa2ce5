import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { autoscalersOf, isTarget, leastOf, leastReplicas } from "../scale";
import { podsBehind } from "../service";
import { isLasting } from "../workload";

export const replicas: Rule = {
  id: "replicas",
  title:
    "What a Service sends to must be there twice, so that it answers while a pod of it is moved; or say that there can be only one, by the strategy Recreate.",
  severity: "medium",
  references: [kubernetes("Disruptions: Dealing with disruptions", "concepts/workloads/pods/disruptions/")],
  mend: "Set replicas, or an autoscaler's minReplicas, to 2 or more; or the strategy to Recreate where two would disturb each other.",
  stacks: ["prod", "prod-*"],
  checkStack(stack, report) {
    const served = new Set(
      stack.objectsOf("Service").flatMap((service) => podsBehind(stack, service).workloads),
    );
    for (const workload of served) {
      const { object } = workload;
      // How many pods a StatefulSet may have is the affair of its program: each has data of its own.
      if (!isLasting(workload) || ["StatefulSet", "DaemonSet", "Pod"].includes(object.kind)) continue;
      if (object.body.at("spec", "strategy", "type").value === "Recreate") continue;
      const least = leastReplicas(stack, workload);
      if (typeof least !== "number") report(object, least);
      else if (least === 1) {
        const autoscaler = autoscalersOf(stack).find((each) => isTarget(each, object));
        if (autoscaler) report(autoscaler, leastOf(autoscaler));
        else report(object, object.body.at("spec", "replicas"));
      }
    }
  },
};
