import { text } from "./scalar";

const LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
const HOST = `${LABEL}(?:\\.${LABEL})*`;

/** A host name by RFC 1123. Refused: IP addresses, ports and URLs; wildcards such as *.example.com unless allowed. */
export const host = ({ wildcard = false } = {}) =>
  text({
    name: wildcard ? "a host name, or a wildcard for its first label" : "a host name",
    example: wildcard ? "app.example.com or *.example.com" : "app.example.com",
    pattern: new RegExp(`^${wildcard ? `(?:\\*\\.${HOST}|${HOST})` : HOST}$`),
    hint: (host) => {
      if (host.includes("://")) return "is a URL: give the host alone";
      if (host.includes("/")) return "has a path: give the host alone";
      if (/:\d+$/.test(host)) return "has a port: give the host alone";
      if (host.startsWith("*.") && !wildcard) return "is a wildcard, which is not taken here";
      if (/[A-Z]/.test(host)) return "has capital letters";
      if (host.endsWith(".")) return "ends with a dot";
      return undefined;
    },
    longest: 253,
    check: (host) => (/^[0-9.]+$/.test(host) ? "is a number or an IP address, not a name" : undefined),
  });
