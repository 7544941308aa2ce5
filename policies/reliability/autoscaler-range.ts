import { kubernetes } from "../references";
import type { Rule } from "../rule";

const bounds: Readonly<Record<string, readonly [least: string, most: string]>> = {
  HorizontalPodAutoscaler: ["minReplicas", "maxReplicas"],
  "keda.sh/ScaledObject": ["minReplicaCount", "maxReplicaCount"],
};

export const autoscalerRange: Rule = {
  id: "autoscaler-range",
  title: "An autoscaler must have a range to scale in.",
  severity: "medium",
  references: [
    kubernetes("Horizontal Pod Autoscaling", "tasks/run-application/horizontal-pod-autoscale/#api-object"),
  ],
  mend: "Set the most above the least, or leave the autoscaler out and set replicas.",
  checkObject({ qualifiedKind, kind, body }, report) {
    const names = bounds[qualifiedKind];
    if (!names) return;
    const [least, most] = names.map((name) => body.at("spec", name));
    const unknown = [least!, most!].find(({ isUnknown }) => isUnknown);
    if (unknown) return report(unknown);
    const floor = least!.number ?? (kind === "ScaledObject" ? 0 : 1);
    if ((most!.number ?? Number.POSITIVE_INFINITY) <= floor) report(most!, `the least is ${floor}`);
  },
};
