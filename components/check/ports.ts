import type { SystemGraph, Workload } from "../declaration";
import { type Finding, unknownName } from "./finding";

/** Every port that is named has to be one of the workload's. The types say so too, where the workload is at hand. */
export function portFindings({ workloads, ingress, smoke }: SystemGraph): Finding[] {
  const routes = (ingress?.hosts ?? []).flatMap(({ host, routes }) =>
    routes.flatMap(({ path, to, port }) => {
      const workload = workloads.find(({ name }) => name === to.name);
      if (!workload) return [];
      return named(`ingress.${host}${path}`, port, { name: to.name, ports: workload.ports });
    }),
  );
  const asked = (smoke?.asks ?? []).flatMap(({ of, port }) => named("smoke.asks", port, of));
  return [...workloads.flatMap(ofWorkload), ...routes, ...asked];
}

function ofWorkload(workload: Workload): Finding[] {
  const { name, ports = {} } = workload;
  const probes = ["startup", "liveness", "readiness"] as const;
  const asked = probes.flatMap((probe) => {
    const check = probe in workload ? workload[probe as keyof Workload] : undefined;
    const port = portOf(check);
    return port === undefined ? [] : named(`${name}.${probe}.port`, port, workload);
  });
  const metrics = "metrics" in workload && workload.metrics;
  const scraped = metrics ? named(`${name}.metrics.port`, metrics.port, workload) : [];
  const served = "servicePorts" in workload ? Object.keys(workload.servicePorts ?? {}) : [];
  const misnamed = served.flatMap((port) => named(`${name}.servicePorts`, port, workload));
  return [...asked, ...scraped, ...misnamed, ...numbers(name, ports), ...names(name, ports)];
}

/** The port that a probe asks on; undefined where it runs a command. */
function portOf(probe: unknown): string | undefined {
  return (probe as { check: { port?: string } } | undefined)?.check.port;
}

function named(
  path: string,
  port: string,
  { name, ports = {} }: Pick<Workload, "name" | "ports">,
): Finding[] {
  return Object.hasOwn(ports, port) ? [] : [unknownName(path, port, `a port of ${name}`, Object.keys(ports))];
}

function numbers(name: string, ports: Readonly<Record<string, number>>): Finding[] {
  const entries = Object.entries(ports);
  return entries.flatMap(([port, number], index) => {
    const path = `${name}.ports.${port}`;
    if (!Number.isInteger(number) || number < 1 || number > 65535)
      return [{ path, message: `${number} is not a port.`, accepts: "1 to 65535" }];
    const same = entries.slice(0, index).find(([, other]) => other === number);
    if (!same) return [];
    return [{ path, message: `${number} is ${same[0]} as well.`, accepts: "one name for each port" }];
  });
}

// What Kubernetes takes as the name of a port: https://kubernetes.io/docs/reference/networking/virtual-ips/ (IANA_SVC_NAME)
const portName = /^(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]{0,13}[a-z0-9])?$/;

function names(name: string, ports: Readonly<Record<string, number>>): Finding[] {
  const wrong = Object.keys(ports).filter((port) => !portName.test(port));
  return wrong.map((port) => ({
    path: `${name}.ports`,
    message: `"${port}" cannot be the name of a port.`,
    accepts: "at most 15 small letters, digits and single hyphens, with a letter among them",
  }));
}
