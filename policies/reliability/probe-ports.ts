import type { Container } from "../pod";
import { kubernetes } from "../references";
import type { Rule } from "../rule";

const askers = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "preStop"],
  ["lifecycle", "postStart"],
];

export const probePorts: Rule = {
  id: "probe-ports",
  title: "A port that a probe names must be one of its container: else it fails for ever.",
  severity: "high",
  references: [
    kubernetes(
      "Configure Liveness, Readiness and Startup Probes",
      "tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#use-a-named-port",
    ),
  ],
  mend: "Name one of the container's ports, or give its number.",
  checkContainer(container, report) {
    for (const asker of askers) {
      for (const way of ["httpGet", "tcpSocket"]) {
        const port = container.field.at(...asker, way, "port");
        if (port.isUnknown) report(port);
        else if (port.text !== undefined && !/^\d+$/.test(port.text) && !names(container).includes(port.text))
          report(port, `the container has ${names(container).join(", ") || "no port with a name"}`);
      }
    }
  },
};

function names(container: Container): string[] {
  return container.field
    .at("ports")
    .items()
    .flatMap((port) => port.at("name").text ?? []);
}
