import { isDeepStrictEqual } from "node:util";
import type { Field } from "../field";
import type { Container } from "../pod";
import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { matchesSelector } from "../selector";
import type { Stack } from "../stack";
import { isLasting, labelsOf, type Workload } from "../workload";

/** How many times as long a liveness probe has to hold out as a readiness probe that asks the same. */
const patience = 2;

export const livenessPatience: Rule = {
  id: "liveness-patience",
  title:
    "Where liveness asks what readiness asks, an outage of something that all pods share must not restart all of them.",
  severity: "medium",
  references: [
    kubernetes(
      "Liveness, Readiness, and Startup Probes",
      "concepts/configuration/liveness-readiness-startup-probes/#liveness-probe",
    ),
  ],
  mend: `Let liveness ask for something of the process alone, or fail ${patience} times as late as readiness (periodSeconds × failureThreshold).`,
  checkStack(stack, report) {
    for (const workload of stack.workloads.filter(isLasting)) {
      for (const container of workload.pod.lastingContainers) {
        if (!asksTheSame(container) || !reachesOthers(stack, workload)) continue;
        const [liveness, readiness] = probesOf(container);
        const unknown = [...timesOf(liveness), ...timesOf(readiness)].find(({ isUnknown }) => isUnknown);
        const [late, early] = [secondsToFail(liveness), secondsToFail(readiness)];
        if (unknown) report(workload.object, unknown);
        else if (late < patience * early)
          report(workload.object, liveness, `it gives up after ${late} s, readiness after ${early} s`);
      }
    }
  },
};

function probesOf(container: Container): [liveness: Field, readiness: Field] {
  return [container.field.at("livenessProbe"), container.field.at("readinessProbe")];
}

// A connection and a command are of the pod; a request is answered by the program, with whatever that asks others.
function asksTheSame(container: Container): boolean {
  const [liveness, readiness] = probesOf(container);
  return ["httpGet", "grpc"].some(
    (way) => liveness.at(way).isSet && isDeepStrictEqual(liveness.at(way).value, readiness.at(way).value),
  );
}

function timesOf(probe: Field): Field[] {
  return [probe.at("periodSeconds"), probe.at("failureThreshold")];
}

function secondsToFail(probe: Field): number {
  const [period, failures] = timesOf(probe);
  return (period!.number ?? 10) * (failures!.number ?? 3);
}

/** Whether network policies let its pods reach anything but DNS; where none of them bounds its pods, they do. */
function reachesOthers(stack: Stack, workload: Workload): boolean {
  const policies = stack.objectsIn(workload.object.namespace, "NetworkPolicy").filter(({ body }) => {
    const bounds = body
      .at("spec", "policyTypes")
      .items()
      .some(({ value }) => value === "Egress");
    return bounds && matchesSelector(body.at("spec", "podSelector"), labelsOf(workload)) !== false;
  });
  if (policies.length === 0) return true;
  return policies.some(({ body }) =>
    body
      .at("spec", "egress")
      .items()
      .some((rule) => !isDns(rule)),
  );
}

function isDns(rule: Field): boolean {
  const ports = rule.at("ports").items();
  return ports.length > 0 && ports.every((port) => port.at("port").value === 53);
}
