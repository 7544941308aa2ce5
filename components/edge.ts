import type { Workload } from "./workload";

/** What lies outside the system and is not a workload of it. */
export interface External {
  readonly kind: "internet" | "kubernetes-api";
  /** TCP ports. */
  readonly ports: readonly number[];
  /** What is reached there, for the connectivity table. */
  readonly what: string;
}

/** "This workload uses that one": another workload of the same system, or something outside. */
export type Edge = Workload | External;

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
  return edge.kind === "internet" || edge.kind === "kubernetes-api";
}
