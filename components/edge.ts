/** What others reach in its namespace: under its name, on its ports. */
export interface Endpoint {
  readonly name: string;
  /** TCP ports by name. */
  readonly ports: Readonly<Record<string, number>>;
}

/** What lies outside the system. */
export interface External {
  readonly kind: "internet" | "kubernetes-api";
  /** TCP ports. */
  readonly ports: readonly number[];
  /** What is reached there, in words. */
  readonly what: string;
}

/** "This workload uses that one": another workload of the same system, or something outside. */
export type Edge = Endpoint | External;

/** Public addresses, on the given TCP ports (default 443). Private ranges and link-local addresses, where a
 *  cloud's metadata service answers, stay closed. */
export function internet(what: string, ports: readonly number[] = [443]): External {
  return { kind: "internet", ports, what };
}

/** The API server of the cluster, on the two ports that it is served on in practice. */
export const kubernetesApi: External = {
  kind: "kubernetes-api",
  ports: [443, 6443],
  what: "the API server of the cluster",
};

export function isExternal(edge: Edge): edge is External {
  return "what" in edge;
}

/** `host:port` of an endpoint with one port, for workloads of its namespace. */
export function address({ name, ports }: Endpoint): string {
  return `${name}:${Object.values(ports)[0]}`;
}
