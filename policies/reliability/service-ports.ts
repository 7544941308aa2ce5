import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { containerWithPort, podsBehind, portNames, targetPort } from "../service";

export const servicePorts: Rule = {
  id: "service-ports",
  title: "A Service must send to a port that the pods behind it have.",
  severity: "high",
  references: [
    kubernetes("Service: Port definitions", "concepts/services-networking/service/#field-spec-ports"),
  ],
  mend: "Name a port of the container as targetPort, or add it to the container's ports.",
  checkStack(stack, report) {
    for (const service of stack.objectsOf("Service")) {
      for (const workload of podsBehind(stack, service).workloads) {
        const ports = workload.pod.lastingContainers.flatMap(({ field }) => field.at("ports").items());
        const { names, unknown } = portNames(ports, "name", "containerPort");
        for (const port of service.body.at("spec", "ports").items()) {
          const target = targetPort(port);
          // A number need not be listed: where no port is, it may be right.
          if (ports.length === 0 && target.number !== undefined) continue;
          if (target.isUnknown) report(service, target);
          else if (containerWithPort(workload, target)) continue;
          else if (unknown) report(service, unknown);
          else
            report(
              service,
              target.isSet ? target : port,
              `${workload.object.label} has ${names.join(", ") || "none"}`,
            );
        }
      }
    }
  },
};
