import type * as k8s from "@pulumi/kubernetes";
import { apiextensions, networking } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterNetwork, DnsServers } from "./cluster-network";
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
  /** The workloads that the outside reaches, and who brings it to them: pods of a namespace, and addresses. */
  readonly exposed?: {
    readonly workloads: readonly string[];
    readonly proxyNamespace: string;
    readonly proxyCidrs?: readonly string[];
  };
  /** The namespace of the Prometheus that scrapes the system. */
  readonly monitoringNamespace?: string;
  readonly network?: ClusterNetwork;
}

/** One NetworkPolicy for each workload: who may reach it, and what it may reach. The namespace denies the rest. */
export class NetworkPolicies extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system, workloads, exposed, monitoringNamespace, network = {} }: NetworkPoliciesArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:NetworkPolicies", name, {}, opts);
    for (const workload of workloads) {
      const { ports = {}, metrics, uses, callers = [], outlives } = workload;
      const users = workloads.filter((other) =>
        other.uses.some((edge) => !isExternal(edge) && edge.name === workload.name),
      );
      const from = [...users.map((user) => podPeer(system, user)), ...callers.map(namespacePeer)];
      if (exposed?.workloads.includes(workload.name))
        from.push(namespacePeer(exposed.proxyNamespace), ...addresses(exposed.proxyCidrs ?? []));
      const ingress = opening(from, Object.values(ports)).map(({ peers, ports }) => ({ from: peers, ports }));
      if (monitoringNamespace && metrics)
        ingress.push({ from: [namespacePeer(monitoringNamespace)], ports: portsOf([ports[metrics.port]!]) });
      const egress = uses
        .flatMap((edge) =>
          isExternal(edge)
            ? opening(outside(edge, network), portsOutside(edge, network))
            : opening([podPeer(system, edge)], Object.values(edge.ports)),
        )
        .map(({ peers, ports }) => ({ to: peers, ports }));
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
            egress: egress.length > 0 ? [...dns(network), ...egress] : [],
          },
        },
        { parent: this, retainOnDelete: outlives },
      );
      if (network.cilium) this.ciliumPolicy(system, workload, network, exposed);
    }
    this.registerOutputs({ workloads: workloads.map(({ name }) => name) });
  }

  /** What no NetworkPolicy says to Cilium: to it a node, an API server on one, and its own proxies are no addresses. */
  private ciliumPolicy(
    system: SystemInstance,
    workload: NetworkDeclaration,
    network: ClusterNetwork,
    exposed: NetworkPoliciesArgs["exposed"],
  ): void {
    const api = workload.uses.find(isKubernetesApi);
    const proxies = exposed?.workloads.includes(workload.name) ? exposed : undefined;
    if (!api && !proxies) return;
    const onNodes = proxies?.proxyCidrs?.length ? ["remote-node"] : [];
    // As everywhere, a list without ports stands for all of them.
    const served = ciliumPorts(Object.values(workload.ports ?? {}));
    const apiPorts = api ? ciliumPorts(portsOutside(api, network)) : [];
    const ingress = proxies && served.length > 0;
    const egress = apiPorts.length > 0;
    if (!ingress && !egress) return;
    new apiextensions.CustomResource(
      resourceName(system, `${workload.name}-cilium`),
      {
        apiVersion: "cilium.io/v2",
        kind: "CiliumNetworkPolicy",
        metadata: {
          name: workload.name,
          namespace: system.namespace,
          labels: labels(system, workload),
          annotations: workload.outlives && keptAnnotations,
        },
        spec: {
          endpointSelector: { matchLabels: selector(system, workload) },
          ingress: ingress
            ? [{ fromEntities: ["ingress", ...onNodes], toPorts: [{ ports: served }] }]
            : undefined,
          egress: egress ? [{ toEntities: ["kube-apiserver"], toPorts: [{ ports: apiPorts }] }] : undefined,
        },
      },
      { parent: this, retainOnDelete: workload.outlives },
    );
  }
}

function isKubernetesApi(edge: Edge): edge is External {
  return isExternal(edge) && edge.kind === "kubernetes-api";
}

function ciliumPorts(ports: readonly Ports[]) {
  return portsOf(ports).map(({ port, ...rest }) => ({ ...rest, port: `${port}` }));
}

/** What a rule opens. An empty list in a rule is every address or every port, so where either is empty there is none. */
function opening(peers: Peer[], ports: readonly Ports[]): { peers: Peer[]; ports: Port[] }[] {
  return peers.length > 0 && ports.length > 0 ? [{ peers, ports: portsOf(ports) }] : [];
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

function addresses(cidrs: readonly string[]): Peer[] {
  return cidrs.map((cidr) => ({ ipBlock: { cidr } }));
}

const usualDns: readonly DnsServers[] = [{ namespace: "kube-system", port: 53 }];

function dns({ dns: servers = usualDns }: ClusterNetwork) {
  return servers.map((server) => ({
    to: "namespace" in server ? [namespacePeer(server.namespace)] : addresses(server.cidrs),
    // Large answers come over TCP.
    ports: ["UDP", "TCP"].map((protocol): Port => ({ protocol, port: server.port })),
  }));
}

// Link-local addresses hold the metadata services of clouds, which hand out the node's own credentials.
const linkLocal = "169.254.0.0/16";
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", linkLocal];
// That of AWS answers in the private range of IPv6 (fd00:ec2::254).
const linkLocalV6 = ["fe80::/10", "fd00:ec2::254/128"];
const privateRangesV6 = ["fc00::/7", "fe80::/10"];

function outside(external: External, { apiServer, ipv6 }: ClusterNetwork): Peer[] {
  if (external.kind === "namespace") return [namespacePeer(external.namespace)];
  if (external.kind === "network") return addresses(external.cidrs);
  const isApi = external.kind === "kubernetes-api";
  if (isApi && apiServer) return addresses(apiServer.cidrs);
  // An API server may have a private address as well as a public one.
  const v4 = { cidr: "0.0.0.0/0", except: isApi ? [linkLocal] : privateRanges };
  const v6 = { cidr: "::/0", except: isApi ? linkLocalV6 : privateRangesV6 };
  return [{ ipBlock: v4 }, ...(ipv6 ? [{ ipBlock: v6 }] : [])];
}

function portsOutside({ kind, ports }: External, { apiServer }: ClusterNetwork): readonly Ports[] {
  return kind === "kubernetes-api" && apiServer ? apiServer.ports : ports;
}
