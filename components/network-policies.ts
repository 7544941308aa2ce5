import type * as k8s from "@pulumi/kubernetes";
import { networking } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Edge, type Endpoint, type External, isExternal, type Ports } from "./edge";
import { keptAnnotations } from "./kept";
import { type Labelled, labels, resourceName, type SystemInstance, selector } from "./labels";

type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type Port = k8s.types.input.networking.v1.NetworkPolicyPort;

/** What a workload says of its place in the network. */
export interface NetworkDeclaration extends Labelled {
  readonly ports?: Endpoint["ports"];
  readonly uses: readonly Edge[];
  /** Namespaces whose pods may reach it. */
  readonly callers?: readonly string[];
  /** Where it is scraped, in a system that is monitored. */
  readonly metrics?: { readonly port: string };
  /** Its pods may outlive the system, and the policies have to as well. */
  readonly outlives?: true;
}

export interface NetworkPoliciesArgs {
  readonly system: SystemInstance;
  readonly workloads: readonly NetworkDeclaration[];
  /** The workloads that the outside reaches, and the namespace of the ingress controller or Gateway it comes through. */
  readonly exposed?: { readonly workloads: readonly string[]; readonly proxyNamespace: string };
  /** The namespace of the Prometheus that scrapes the system. */
  readonly monitoringNamespace?: string;
}

/** One NetworkPolicy for each workload: who may reach it, and what it may reach. The namespace denies the rest. */
export class NetworkPolicies extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system, workloads, exposed, monitoringNamespace }: NetworkPoliciesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:NetworkPolicies", name, {}, opts);
    for (const workload of workloads) {
      const { ports = {}, metrics, uses, callers = [], outlives } = workload;
      const users = workloads.filter((other) =>
        other.uses.some((edge) => !isExternal(edge) && edge.name === workload.name),
      );
      const from = [...users.map((user) => podPeer(system, user)), ...callers.map(namespacePeer)];
      if (exposed?.workloads.includes(workload.name)) from.push(namespacePeer(exposed.proxyNamespace));
      const ingress = from.length > 0 ? [{ from, ports: portsOf(Object.values(ports)) }] : [];
      if (monitoringNamespace && metrics)
        ingress.push({ from: [namespacePeer(monitoringNamespace)], ports: portsOf([ports[metrics.port]!]) });
      const egress = uses.map((edge) =>
        isExternal(edge)
          ? { to: outside(edge), ports: portsOf(edge.ports) }
          : { to: [podPeer(system, edge)], ports: portsOf(Object.values(edge.ports)) },
      );
      new networking.v1.NetworkPolicy(
        resourceName(system, workload.name),
        {
          metadata: {
            name: workload.name,
            namespace: system.namespace,
            labels: labels(system, workload),
            annotations: outlives ? keptAnnotations : undefined,
          },
          spec: {
            podSelector: { matchLabels: selector(system, workload) },
            policyTypes: ["Ingress", "Egress"],
            ingress,
            egress: egress.length > 0 ? [dns, ...egress] : [],
          },
        },
        { parent: this, retainOnDelete: outlives },
      );
    }
    this.registerOutputs({ workloads: workloads.map(({ name }) => name) });
  }
}

function portsOf(ports: readonly Ports[]): Port[] {
  return ports.map((port) =>
    typeof port === "number"
      ? { protocol: "TCP", port }
      : { protocol: port.protocol, port: port.from, endPort: port.to },
  );
}

function podPeer(system: SystemInstance, labelled: Labelled): Peer {
  return { podSelector: { matchLabels: selector(system, labelled) } };
}

function namespacePeer(name: string): Peer {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

// Large answers come over TCP.
const dns = {
  to: [namespacePeer("kube-system")],
  ports: ["UDP", "TCP"].map((protocol): Port => ({ protocol, port: 53 })),
};

// Link-local addresses hold the metadata services of clouds, which hand out the node's own credentials.
const linkLocal = "169.254.0.0/16";
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", linkLocal];

function outside(external: External): Peer[] {
  if (external.kind === "namespace") return [namespacePeer(external.namespace)];
  if (external.kind === "network") return external.cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  // An API server may have a private address as well as a public one.
  const except = external.kind === "kubernetes-api" ? [linkLocal] : privateRanges;
  return [{ ipBlock: { cidr: "0.0.0.0/0", except } }];
}
