import type { Field } from "../field";
import type { Container } from "../pod";
import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { isTarget } from "../scale";

export const autoscalerRequests: Rule = {
  id: "autoscaler-requests",
  title: "What an autoscaler measures in percent must be requested, since percent are of the request.",
  severity: "high",
  references: [
    kubernetes(
      "Horizontal Pod Autoscaling: How does it work",
      "tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work",
    ),
  ],
  mend: "Set resources.requests for the resource on every container of its pods.",
  checkStack(stack, report) {
    for (const autoscaler of stack.objectsOf("HorizontalPodAutoscaler")) {
      const measured = measuredIn(autoscaler.body.at("spec"));
      for (const { object, pod } of stack.workloads.filter((each) => isTarget(autoscaler, each.object))) {
        for (const { resource, container: name } of measured) {
          const containers = pod.lastingContainers.filter((each) => name === undefined || each.name === name);
          for (const container of containers) {
            const field = request(container, resource);
            if (!field.isSet || field.isUnknown)
              report(object, field, `${autoscaler.label} measures it in percent`);
          }
        }
      }
    }
  },
};

/** The resources that are measured by their use, of one container or of all. */
function measuredIn(spec: Field): { resource: string; container?: string }[] {
  const percentOf = (metric: Field, kind: string) => {
    const measured = metric.at(kind);
    const resource = measured.at("name").text;
    const inPercent =
      measured.at("target", "averageUtilization").isSet || measured.at("targetAverageUtilization").isSet;
    return resource !== undefined && inPercent
      ? [{ resource, container: measured.at("container").text }]
      : [];
  };
  const metrics = spec.at("metrics").items();
  return [
    ...metrics.flatMap((metric) => [
      ...percentOf(metric, "resource"),
      ...percentOf(metric, "containerResource"),
    ]),
    // autoscaling/v1 knows nothing else.
    ...(spec.at("targetCPUUtilizationPercentage").isSet ? [{ resource: "cpu" }] : []),
  ];
}

function request(container: Container, resource: string): Field {
  const [own, pods] = [container.field.at("resources"), container.pod.spec.at("resources")];
  const fields = [own, pods].flatMap((each) => [each.at("requests", resource), each.at("limits", resource)]);
  return fields.find(({ isSet }) => isSet) ?? own.at("requests", resource);
}
