import { isIP, isIPv6 } from "node:net";
import { type Grammar, text } from "./scalar";

const LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
/** The outward form of a host name by RFC 1123. */
export const HOST = `${LABEL}(?:\\.${LABEL})*`;

const hint = (host: string): string | undefined => {
  if (host.includes("://")) return "is a URL: give the host alone";
  if (host.includes("/")) return "has a path: give the host alone";
  if (/:\d+$/.test(host)) return "has a port: give the host alone";
  if (host.startsWith("*.")) return "is a wildcard, which is not taken here";
  if (/[A-Z]/.test(host)) return "has capital letters";
  return host.endsWith(".") ? "ends with a dot" : undefined;
};

/** A host name by RFC 1123. Refused: IP addresses, ports, URLs, and wildcards such as *.example.com. */
export const host = () =>
  text({
    name: "a host name",
    example: "app.example.com",
    pattern: new RegExp(`^${HOST}$`),
    hint,
    longest: 253,
    check: (host) => (/^[0-9.]+$/.test(host) ? "is a number or an IP address, not a name" : undefined),
  });

export const hostOrAddressGrammar = {
  name: "a host name or an IP address",
  example: "cache.example.com or 10.20.0.3",
  pattern: new RegExp(`^(?:${HOST}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$`),
  hint,
  longest: 253,
  check: (value: string) => {
    if (isIP(value)) return undefined;
    if (value.includes(":")) return hint(value) ?? "is not an IP address";
    return /^[0-9.]+$/.test(value) ? "is a number, and not an IP address" : undefined;
  },
} satisfies Grammar;

/** A host name, or an IP address for what has no name. In URLs an IPv6 address stands in brackets, as it does from here on. */
export const hostOrAddress = (grammar: Grammar = hostOrAddressGrammar) =>
  text(grammar).transform((value) => (isIPv6(value) ? `[${value}]` : value));
