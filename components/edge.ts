/** What others reach in its namespace: under its name, on its ports. */
export interface Endpoint<Port extends string = string> {
  readonly name: string;
  /** `app.kubernetes.io/component` of its pods, where that is not the name. */
  readonly component?: string;
  /** TCP ports of its pods by name. */
  readonly ports: Readonly<Record<Port, number>>;
  /** Ports of its Service by the same names, where they are not the same. */
  readonly servicePorts?: Readonly<Partial<Record<NoInfer<Port>, number>>>;
}

/** A TCP port, or a range of ports of either protocol. */
export type Ports = number | { readonly protocol: "TCP" | "UDP"; readonly from: number; readonly to: number };

/** What lies outside the system. */
export type External = {
  readonly ports: readonly Ports[];
  /** What is reached there, in words. */
  readonly what: string;
} & (
  | { readonly kind: "internet" | "kubernetes-api" }
  /** Addresses by CIDR, private ones included. */
  | { readonly kind: "network"; readonly cidrs: readonly string[] }
  /** The pods of another namespace of the cluster. */
  | { readonly kind: "namespace"; readonly namespace: string }
);

/** "This workload uses that one": another workload of the same system, or something outside. */
export type Edge = Endpoint | External;

/** Public addresses, on the given ports (default TCP 443). Private ranges and link-local addresses, where a
 *  cloud's metadata service answers, stay closed. */
export function internet(what: string, ports: readonly Ports[] = [443]): External {
  return { kind: "internet", ports, what };
}

/** Addresses by CIDR: a managed database in the cloud's private network, a host beside the cluster. */
export function network(to: { what: string; cidrs: readonly string[]; ports: readonly Ports[] }): External {
  return { kind: "network", ...to };
}

/** The pods of another namespace of the cluster. */
export function inNamespace(to: { what: string; namespace: string; ports: readonly Ports[] }): External {
  return { kind: "namespace", ...to };
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

/** `host:port` of an endpoint by its first or the named port, for workloads of its namespace. */
export function address<Port extends string>(
  { name, ports, servicePorts }: Endpoint<Port>,
  port: NoInfer<Port> = Object.keys(ports)[0] as Port,
): string {
  return `${name}:${servicePorts?.[port] ?? ports[port]}`;
}
