import { BlockList, isIPv6 } from "node:net";
import type { KubernetesObject } from "../harness/kubernetes";

type Labels = Readonly<Record<string, string>>;

/** One end of a connection: a pod in a namespace, or an address outside the cluster. */
export type End =
  | { readonly namespace: string; readonly namespaceLabels: Labels; readonly labels: Labels }
  | { readonly address: string };

interface Selector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly unknown[];
}

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly Ports[];
}

interface Ports {
  readonly port: number;
  readonly endPort?: number;
  readonly protocol?: string;
}

/**
 * Whether NetworkPolicies let a connection through, by the rules of the Kubernetes API reference: a pod that no policy
 * selects is open; one that is selected is open to the union of what its policies allow; both ends must agree.
 */
export function connects(
  policies: readonly KubernetesObject[],
  from: End,
  to: End,
  port: number,
  protocol = "TCP",
): boolean {
  return (
    allows(policies, "Egress", from, to, port, protocol) &&
    allows(policies, "Ingress", to, from, port, protocol)
  );
}

function allows(
  policies: readonly KubernetesObject[],
  direction: "Ingress" | "Egress",
  self: End,
  other: End,
  port: number,
  protocol: string,
): boolean {
  if ("address" in self) return true;
  const selecting = policies.filter(
    ({ metadata, spec }) =>
      metadata.namespace === self.namespace &&
      matches(spec.podSelector, self.labels) &&
      spec.policyTypes.includes(direction),
  );
  if (selecting.length === 0) return true;
  const rules: Rule[] = selecting.flatMap(({ spec }) => spec[direction.toLowerCase()] ?? []);
  return rules.some((rule) => {
    const peers = direction === "Ingress" ? rule.from : rule.to;
    const reaches = !peers?.length || peers.some((peer) => isPeer(peer, other, self.namespace));
    const open = rule.ports?.some((each) => holds(each, port, protocol)) ?? true;
    return reaches && open;
  });
}

function holds({ port: first, endPort: last = first, protocol = "TCP" }: Ports, port: number, of: string) {
  return first <= port && port <= last && protocol === of;
}

function isPeer(peer: Peer, end: End, namespace: string): boolean {
  if (peer.ipBlock) {
    if (!("address" in end)) return false;
    return (
      within(end.address, peer.ipBlock.cidr) &&
      !peer.ipBlock.except?.some((cidr) => within(end.address, cidr))
    );
  }
  if ("address" in end) return false;
  const here = peer.namespaceSelector
    ? matches(peer.namespaceSelector, end.namespaceLabels)
    : end.namespace === namespace;
  return here && matches(peer.podSelector ?? {}, end.labels);
}

function matches({ matchLabels, matchExpressions }: Selector, labels: Labels): boolean {
  if (matchExpressions)
    throw new Error("no policy of Muster's has matchExpressions; teach this evaluator first");
  return Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

function within(address: string, cidr: string): boolean {
  const [network, prefix] = cidr.split("/") as [string, string];
  const family = (of: string) => (isIPv6(of) ? "ipv6" : "ipv4");
  const block = new BlockList();
  block.addSubnet(network, Number(prefix), family(network));
  return block.check(address, family(address));
}

/** A pod of a namespace. */
export function podIn(namespace: string, labels: Labels = {}): End {
  return { namespace, namespaceLabels: { "kubernetes.io/metadata.name": namespace }, labels };
}

/** Every connection from or to one of ours that the policies let through, as "from → to TCP 443", sorted. */
export function openConnections(
  policies: readonly KubernetesObject[],
  ours: Readonly<Record<string, End>>,
  others: Readonly<Record<string, End>>,
  ports: readonly (readonly [protocol: "TCP" | "UDP", port: number])[],
): string[] {
  const ends = { ...ours, ...others };
  const names = Object.keys(ends);
  return names
    .flatMap((from) => names.map((to) => [from, to] as const))
    .filter(([from, to]) => from in ours || to in ours)
    .flatMap(([from, to]) =>
      ports
        .filter(([protocol, port]) => connects(policies, ends[from]!, ends[to]!, port, protocol))
        .map(([protocol, port]) => `${from} → ${to} ${protocol} ${port}`),
    )
    .sort();
}
