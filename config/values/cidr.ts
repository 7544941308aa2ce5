import { isIPv4, isIPv6 } from "node:net";
import { text } from "./scalar";

/** A range of addresses. Refused: an address without a length, and host bits beyond the length. */
export const cidr = () =>
  text({
    name: "a range of addresses (CIDR)",
    example: "10.20.0.0/16",
    pattern: /^[0-9a-fA-F.:]+\/[0-9]{1,3}$/,
    hint: (value) => (isIPv4(value) ? `is one address: ${value}/32` : undefined),
    check: (value) => {
      const [address, length] = value.split("/") as [string, string];
      if (isIPv6(address)) return Number(length) <= 128 ? undefined : "is longer than 128 bits";
      if (!isIPv4(address)) return "does not begin with an IP address";
      if (Number(length) > 32) return "is longer than 32 bits";
      const bits = address.split(".").reduce((sum, part) => sum * 256n + BigInt(part), 0n);
      return bits & ((1n << BigInt(32 - Number(length))) - 1n)
        ? `names an address within the range, which Kubernetes refuses`
        : undefined;
    },
  });
