import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import { text } from "./scalar";

/** A range of addresses. Refused: an address without a length, and host bits beyond the length. */
export const cidr = () =>
  text({
    name: "a range of addresses (CIDR)",
    example: "10.20.0.0/16",
    pattern: /^[0-9a-fA-F.:]+\/(?:0|[1-9][0-9]{0,2})$/,
    hint: (value) => (isIP(value) ? `is one address: ${value}/${isIPv4(value) ? 32 : 128}` : undefined),
    check: (value) => {
      const [address, length] = value.split("/") as [string, string];
      if (!isIP(address)) return "does not begin with an IP address";
      const bits = isIPv4(address) ? 32 : 128;
      if (Number(length) > bits) return `is longer than ${bits} bits`;
      if (isIPv6(address) && numberOf(address) >> 32n === 0xffffn)
        return "is a range of IPv4 addresses, which Kubernetes takes in their own form";
      return numberOf(address) & ((1n << BigInt(bits - Number(length))) - 1n)
        ? "names an address within the range, which Kubernetes refuses"
        : undefined;
    },
  });

/** Whether one of the ranges holds an address. */
export function within(address: string, cidrs: readonly string[]): boolean {
  const ranges = new BlockList();
  for (const cidr of cidrs) {
    const [network, length] = cidr.split("/") as [string, string];
    ranges.addSubnet(network, Number(length), familyOf(network));
  }
  return ranges.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv4(address) ? "ipv4" : "ipv6";
}

/** An address as one number. */
function numberOf(address: string): bigint {
  if (isIPv4(address)) return address.split(".").reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  // As URLs write it: in groups of hexadecimal digits, of which :: stands for as many zeros as are missing.
  const [left = [], right = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split("::")
    .map((groups) => (groups === "" ? [] : groups.split(":")));
  const zeros = Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}
