import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";
import type { Reference } from "../references";
import type { Rule } from "../rule";
import { type Match, matchesSelector, shownSelector } from "../selector";
import { portNames } from "../service";
import type { Selectable, Stack } from "../stack";
import { labelsOf } from "../workload";

const group = "monitoring.coreos.com";

export const monitorSelects: Rule = {
  id: "monitor-selects",
  title:
    "A ServiceMonitor or PodMonitor must select something, and a port that it has: else nothing is measured.",
  severity: "medium",
  references: [operator("Getting started", "developer/getting-started/")],
  mend: "Write the labels of the Service or the pods, and the name of a port of theirs.",
  checkStack(stack, report) {
    for (const monitor of stack.objectsOf(`${group}/ServiceMonitor`, `${group}/PodMonitor`)) {
      // Which objects another namespace has, this stack need not know.
      if (monitor.body.at("spec", "namespaceSelector").isSet) continue;
      const of = monitor.kind === "PodMonitor" ? "Pod" : "Service";
      if (!stack.declares(of, monitor.namespace)) continue;
      const selector = monitor.body.at("spec", "selector");
      const { ports, undecided } = selectedBy(stack, of, monitor, selector);
      if (ports === undefined) {
        if (stack.mayBeLabelled(monitor.namespace, selector, of)) continue;
        if (undecided) report(monitor, undecided);
        else
          report(
            monitor,
            selector,
            `nothing in ${monitor.namespace} has ${shownSelector(selector) || "labels"}`,
          );
        continue;
      }
      const { names, unknown } = portNames(ports, "name");
      const endpoints = of === "Pod" ? "podMetricsEndpoints" : "endpoints";
      for (const endpoint of monitor.body.at("spec", endpoints).items()) {
        const port = endpoint.at("port");
        if (!port.isSet || names.includes(port.text ?? "")) continue;
        if (port.isUnknown || unknown) report(monitor, port.isUnknown ? port : unknown!);
        else report(monitor, port, `there is ${names.join(", ") || "no port with a name"}`);
      }
    }
  },
};

/** The ports of what a monitor selects; undefined where it selects nothing, or may select what is not known yet. */
function selectedBy(
  stack: Stack,
  of: Selectable,
  { namespace }: KubernetesObject,
  selector: Field,
): { ports?: Field[]; undecided?: Field } {
  const candidates =
    of === "Pod"
      ? stack.workloadsIn(namespace).map((workload) => ({
          labels: labelsOf(workload),
          ports: workload.pod.lastingContainers.flatMap(({ field }) => field.at("ports").items()),
        }))
      : stack.objectsIn(namespace, "Service").map(({ metadata, body }) => ({
          labels: metadata.at("labels"),
          ports: body.at("spec", "ports").items(),
        }));
  const matched = candidates.map(({ labels, ports }) => ({
    match: matchesSelector(selector, labels),
    ports,
  }));
  const selected = matched.filter(({ match }) => match === true);
  if (selected.length === 0) return { undecided: matched.map(({ match }) => match).find(isField) };
  return { ports: selected.flatMap(({ ports }) => ports) };
}

function isField(match: Match): match is Field {
  return typeof match !== "boolean";
}

function operator(control: string, path: string): Reference {
  return { standard: "Prometheus Operator", control, url: `https://prometheus-operator.dev/docs/${path}` };
}
