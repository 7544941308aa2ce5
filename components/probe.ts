import type * as k8s from "@pulumi/kubernetes";

/** What a probe asks over HTTP. */
export interface HttpGet<Port extends string = string> {
  readonly path: string;
  /** Name of the port. */
  readonly port: Port;
  /** Request headers beside those of the kubelet, such as those that a proxy in front would set. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A port of the container, by name, which succeeds where something listens on it. */
export interface TcpPort<Port extends string = string> {
  readonly tcpPort: Port;
}

/** A command in the container, which succeeds with exit code 0. */
export interface Exec {
  readonly command: readonly string[];
}

/** When a probe asks, and how many answers count, as Kubernetes names it. */
export interface ProbeTiming {
  /** Seconds from the start of the container to the first question. Default 0. */
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  /** Failures in a row that count. Default 3, as in Kubernetes. */
  readonly failureThreshold?: number;
  /** Successes in a row that end a failure; more than 1 for readiness alone. Default 1. */
  readonly successThreshold?: number;
}

/** What a probe asks. */
export type Check<Port extends string = string> = HttpGet<Port> | TcpPort<Port> | Exec;

export interface Probe<Port extends string = string> extends ProbeTiming {
  readonly check: Check<Port>;
}

/** The timing of all three. */
export interface ProbeTimings {
  /** It gives the start its time: until it has succeeded once, the other two do not ask. */
  readonly startup: ProbeTiming;
  readonly liveness: ProbeTiming;
  readonly readiness: ProbeTiming;
}

/** What the probes of a workload ask. */
export interface Checks<Port extends string = string> {
  /** Fails when nothing but a restart helps. What another program breaks is not among that. */
  readonly alive: Check<Port>;
  /** Succeeds while requests are to come here. Default: as `alive`. */
  readonly ready?: Check<Port>;
  /** Succeeds once the start is over. Default: as `alive`. */
  readonly started?: Check<Port>;
}

/** The three probes of a workload: a slow start is not a death. */
export function probes<const Port extends string>(
  timings: ProbeTimings,
  { alive, ready = alive, started = alive }: Checks<Port>,
) {
  return {
    startup: { check: started, ...timings.startup },
    liveness: { check: alive, ...timings.liveness },
    readiness: { check: ready, ...timings.readiness },
  };
}

export function probe(declared?: Probe): k8s.types.input.core.v1.Probe | undefined {
  if (!declared) return undefined;
  const { check, initialDelaySeconds, ...rest } = declared;
  // The API server keeps no zero.
  const timing = { initialDelaySeconds: initialDelaySeconds || undefined, ...rest };
  if ("command" in check) return { exec: { command: [...check.command] }, ...timing };
  if ("tcpPort" in check) return { tcpSocket: { port: check.tcpPort }, ...timing };
  const { headers, ...httpGet } = check;
  const httpHeaders = headers && Object.entries(headers).map(([name, value]) => ({ name, value }));
  return { httpGet: { ...httpGet, httpHeaders }, ...timing };
}
