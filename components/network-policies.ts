import type * as k8s from "@pulumi/kubernetes";
import { networking } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Edge, type Endpoint, type External, isExternal } from "./edge";
import { type Home, labels, resourceName, selector } from "./labels";

type Peer = k8s.types.input.networking.v1.NetworkPolicyPeer;
type Port = k8s.types.input.networking.v1.NetworkPolicyPort;

export interface NetworkPoliciesArgs {
  readonly workloads: readonly (Partial<Endpoint> & {
    readonly name: string;
    readonly uses: readonly Edge[];
  })[];
  /** The workload that the outside reaches, and the namespace of the ingress controller that it comes through. */
  readonly exposed?: { readonly workload: Endpoint; readonly controllerNamespace: string };
}

/** One NetworkPolicy for each workload: who may reach it, and what it may reach. The namespace denies the rest. */
export class NetworkPolicies extends pulumi.ComponentResource {
  constructor(
    home: Home,
    { workloads, exposed }: NetworkPoliciesArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:NetworkPolicies", home.system, {}, opts);
    for (const workload of workloads) {
      const users = workloads.filter((other) => other.uses.includes(workload as Endpoint));
      const from = users.map((user): Peer => ({ podSelector: { matchLabels: selector(home, user.name) } }));
      if (exposed?.workload === workload) from.push(namespacePeer(exposed.controllerNamespace));
      const egress = workload.uses.map((edge) =>
        isExternal(edge)
          ? { to: [outside(edge)], ports: tcp(edge.ports) }
          : {
              to: [{ podSelector: { matchLabels: selector(home, edge.name) } }],
              ports: tcp(Object.values(edge.ports)),
            },
      );
      new networking.v1.NetworkPolicy(
        resourceName(home, workload.name),
        {
          metadata: { name: workload.name, namespace: home.namespace, labels: labels(home, workload.name) },
          spec: {
            podSelector: { matchLabels: selector(home, workload.name) },
            policyTypes: ["Ingress", "Egress"],
            ingress: from.length > 0 ? [{ from, ports: tcp(Object.values(workload.ports ?? {})) }] : [],
            egress: egress.length > 0 ? [dns, ...egress] : [],
          },
        },
        { parent: this },
      );
    }
    this.registerOutputs({ workloads: workloads.map(({ name }) => name) });
  }
}

function tcp(ports: readonly number[]): Port[] {
  return ports.map((port) => ({ protocol: "TCP", port }));
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

function outside(external: External): Peer {
  // An API server may have a private address as well as a public one.
  const except = external.kind === "kubernetes-api" ? [linkLocal] : privateRanges;
  return { ipBlock: { cidr: "0.0.0.0/0", except } };
}
