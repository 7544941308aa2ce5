import { BlockList, isIP } from "node:net";
import type { Field } from "../field";
import { nsa } from "../references";
import type { Rule } from "../rule";

/** Where clouds keep what a node may know, its own credentials among it. */
const metadata = [
  { address: "169.254.0.0", prefix: 16, family: "ipv4" },
  { address: "fe80::", prefix: 10, family: "ipv6" },
  { address: "fd00:ec2::", prefix: 64, family: "ipv6" },
] as const;

export const linkLocal: Rule = {
  id: "link-local",
  title:
    "No pod may reach the metadata service of its node's cloud, which hands out the node's own credentials.",
  severity: "high",
  references: [nsa("Network policies: cloud metadata services")],
  mend: "Add 169.254.0.0/16 (of IPv6: fe80::/10 and fd00:ec2::/64) to the block's `except`.",
  checkObject({ kind, group, body }, report) {
    if (kind !== "NetworkPolicy" || group !== "networking.k8s.io") return;
    for (const rule of body.at("spec", "egress").items()) {
      for (const block of rule
        .at("to")
        .items()
        .map((peer) => peer.at("ipBlock"))) {
        const [cidr, except] = [block.at("cidr"), block.at("except")];
        if (cidr.isUnknown) report(cidr);
        else if (reached(cidr, except.items())) report(except.isUnknown ? except : cidr);
      }
    }
  },
};

/** Whether a block holds addresses of metadata services that none of its exceptions takes out. */
function reached(cidr: Field, except: readonly Field[]): boolean {
  return metadata.some((range) => {
    const outer = parse(cidr);
    if (outer?.family !== range.family || !overlap(outer, range)) return false;
    return !except.some((each) => {
      const inner = parse(each);
      return inner?.family === range.family && inner.prefix <= range.prefix && contains(inner, range.address);
    });
  });
}

interface Range {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

function parse({ text }: Field): Range | undefined {
  const [address = "", prefix = ""] = (text ?? "").split("/");
  const version = isIP(address);
  if (version === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (version === 4 ? 32 : 128))
    return undefined;
  return { address, prefix: Number(prefix), family: version === 4 ? "ipv4" : "ipv6" };
}

function overlap(a: Range, b: Range): boolean {
  return a.prefix <= b.prefix ? contains(a, b.address) : contains(b, a.address);
}

function contains({ address, prefix, family }: Range, other: string): boolean {
  const block = `${address}/${prefix}`;
  const list = blocks.get(block) ?? new BlockList();
  if (!blocks.has(block)) {
    list.addSubnet(address, prefix, family);
    blocks.set(block, list);
  }
  return list.check(other, family);
}

/** A stack names few blocks, again and again. */
const blocks = new Map<string, BlockList>();
