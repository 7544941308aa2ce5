import { BlockList, isIPv6 } from "node:net";
import type { KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { title } from "./in-words";
import type { Unchecked } from "./live-objects";
import { type Lack, podTemplateOf } from "./needs";

/** Where the API server answers: its Service is translated to this before policies look. */
interface ServerAddress {
  readonly address: string;
  readonly port: number;
  /** To Cilium a node of the cluster is no address. */
  readonly isNodeOfCilium: boolean;
}

const ciliumPolicies = { apiVersion: "cilium.io/v2", kind: "CiliumNetworkPolicy" };

/** Workloads that use the API server and that their policies do not lead to where it is: they would wait in silence. */
export async function withoutWay(
  manifests: readonly KubernetesObject[],
  { api, kinds }: ReachedCluster,
): Promise<{ readonly found: readonly Lack[]; readonly unchecked: readonly Unchecked[] }> {
  const users = manifests.filter((each) => podTemplateOf(each)?.spec.automountServiceAccountToken === true);
  if (users.length === 0) return { found: [], unchecked: [] };
  const slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
  try {
    const [own, nodes] = await Promise.all([
      api.list(`${slices}?labelSelector=kubernetes.io/service-name=kubernetes`),
      kinds.collection(ciliumPolicies) ? api.list("/api/v1/nodes") : [],
    ]);
    return { found: blocked(users, manifests, addressesOf(own, nodes)), unchecked: [] };
  } catch (error) {
    // It is advice: what cannot be asked stops nothing.
    return {
      found: [],
      unchecked: [{ what: "the way to the API server", because: (error as Error).message }],
    };
  }
}

function addressesOf(
  slices: readonly KubernetesObject[],
  ciliumNodes: readonly KubernetesObject[],
): ServerAddress[] {
  const onNodes = ciliumNodes.flatMap(({ status }): string[] =>
    (status?.addresses ?? []).map(({ address }: { address: string }) => address),
  );
  return slices.flatMap(({ endpoints, ports }) =>
    (endpoints ?? []).flatMap(({ addresses }: { addresses: readonly string[] }) =>
      addresses.flatMap((address) =>
        (ports ?? []).map(({ port }: { port: number }) => ({
          address,
          port,
          isNodeOfCilium: onNodes.includes(address),
        })),
      ),
    ),
  );
}

function blocked(
  users: readonly KubernetesObject[],
  manifests: readonly KubernetesObject[],
  servers: readonly ServerAddress[],
): Lack[] {
  const network = "muster:cluster.network";
  const cidrs = servers.map(({ address }) => hostCidr(address)).join(", ");
  const ports = [...new Set(servers.map(({ port }) => port))].join(", ");
  return servers.flatMap((server) => {
    const without = users.filter((user) => !leads(policiesOf(user, manifests), server));
    if (without.length === 0) return [];
    const { address, port, isNodeOfCilium } = server;
    const mend = isNodeOfCilium
      ? `it is on a node, which to Cilium is no address: set ${network}.cilium: true`
      : `set ${network}.apiServer: { cidrs: [${cidrs}], ports: [${ports}] }`;
    return [
      {
        what: `a way to the API server at ${isIPv6(address) ? `[${address}]` : address}:${port}`,
        neededBy: without.map(title).sort(),
        mend: `the stack's policies do not lead there; ${mend}`,
        stops: false,
      },
    ];
  });
}

/** The policies that select a workload's pods. */
function policiesOf(user: KubernetesObject, manifests: readonly KubernetesObject[]): KubernetesObject[] {
  const labels: Readonly<Record<string, string>> = podTemplateOf(user)?.metadata?.labels ?? {};
  return manifests.filter(({ metadata, spec }) => {
    const selector = spec?.podSelector?.matchLabels ?? spec?.endpointSelector?.matchLabels;
    const isSelected = selector && Object.entries(selector).every(([key, value]) => labels[key] === value);
    return isSelected && metadata.namespace === user.metadata.namespace;
  });
}

function leads(policies: readonly KubernetesObject[], { address, port, isNodeOfCilium }: ServerAddress) {
  const rules = (of: string) =>
    policies.flatMap(({ kind, spec }): readonly Rule[] => (kind === of ? (spec.egress ?? []) : []));
  if (isNodeOfCilium)
    return rules("CiliumNetworkPolicy").some(
      ({ toEntities, toPorts }) =>
        toEntities?.includes("kube-apiserver") &&
        toPorts?.some(({ ports }) => ports.some((each) => Number(each.port) === port)),
    );
  return rules("NetworkPolicy").some(
    ({ to, ports }) =>
      to?.some(({ ipBlock }) => ipBlock && holds(ipBlock, address)) &&
      ports?.some((each) => each.port === port),
  );
}

interface Rule {
  readonly to?: readonly { readonly ipBlock?: IpBlock }[];
  readonly ports?: readonly { readonly port: number | string }[];
  readonly toEntities?: readonly string[];
  readonly toPorts?: readonly { readonly ports: readonly { readonly port: number | string }[] }[];
}

interface IpBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

function holds({ cidr, except = [] }: IpBlock, address: string): boolean {
  return within(cidr, address) && !except.some((each) => within(each, address));
}

function within(cidr: string, address: string): boolean {
  const [network, prefix] = cidr.split("/") as [string, string];
  const family = (of: string) => (isIPv6(of) ? "ipv6" : "ipv4");
  const block = new BlockList();
  block.addSubnet(network, Number(prefix), family(network));
  return block.check(address, family(address));
}

function hostCidr(address: string): string {
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}
