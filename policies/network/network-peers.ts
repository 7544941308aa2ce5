import type { Field } from "../field";
import { kubernetes, nsa } from "../references";
import type { Report, Rule } from "../rule";

/** Each direction, with what its rules call the other end. */
const directions = [
  ["ingress", "from"],
  ["egress", "to"],
] as const;

export const networkPeers: Rule = {
  id: "network-peers",
  title:
    "A network policy must name whom it lets through, and by which ports: an empty list lets through all.",
  severity: "high",
  references: [
    kubernetes(
      "Network Policies: Default policies",
      "concepts/services-networking/network-policies/#default-policies",
    ),
    nsa("Network policies"),
  ],
  mend: "Name the pods, namespaces or addresses, and the ports; or leave the whole rule out, which lets through nobody.",
  checkObject({ kind, group, body }, report) {
    if (kind !== "NetworkPolicy" || group !== "networking.k8s.io") return;
    for (const [direction, end] of directions) {
      for (const rule of body.at("spec", direction).items()) {
        const [peers, ports] = [rule.at(end), rule.at("ports")];
        for (const list of [peers, ports]) {
          if (list.isUnknown) report(list);
          else if (list.items().length === 0)
            report(list, list === peers ? "that is everybody" : "those are all ports");
        }
        for (const peer of peers.items()) checkPeer(peer, direction, report);
      }
    }
  },
};

function checkPeer(peer: Field, direction: "ingress" | "egress", report: Report) {
  if (peer.isUnknown) return;
  const [pods, namespaces, cidr] = [
    peer.at("podSelector"),
    peer.at("namespaceSelector"),
    peer.at("ipBlock", "cidr"),
  ];
  if (isEmpty(namespaces) && (!pods.isSet || isEmpty(pods)))
    report(namespaces, "those are all pods of the cluster");
  // What a program may ask of the world outside is bounded by ports; nobody has to be reached by all of it.
  if (direction === "ingress" && /\/0$/.test(cidr.text ?? "")) report(cidr, "those are all addresses");
}

function isEmpty(selector: Field): boolean {
  return (
    selector.isSet &&
    !selector.isUnknown &&
    selector.entries().every(([, { value }]) => Array.isArray(value) && value.length === 0)
  );
}
