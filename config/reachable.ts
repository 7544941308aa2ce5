import { isIP } from "node:net";
import { within } from "./values/cidr";

/** What the network opens to pods: a namespace of the cluster, addresses, or public addresses alone. */
export type Opened = { readonly ports: readonly number[] } & (
  | { readonly namespace: string }
  | { readonly cidrs: readonly string[] }
  | { readonly internet: true }
);

export function publicly(...ports: readonly number[]): Opened {
  return { internet: true, ports };
}

/**
 * What is wrong with a URL that pods connect to, by what the network opens to them; undefined where nothing is, or
 * where it cannot be told. It never holds the URL, which may have a password in it.
 */
export function unreachable(text: string, opened: Opened): string | undefined {
  // Clients take more than URLs, and passwords in them that are not encoded.
  if (!URL.canParse(text)) return undefined;
  const { protocol, port, hostname } = new URL(text);
  if (!hostname) return "names no host";
  const number = Number(port || usualPorts[protocol]);
  if (Number.isNaN(number)) return `has a scheme that is not known here, ${protocol}//, and no port`;
  if (!opened.ports.includes(number))
    return `leads to port ${number}, and the network opens ${opened.ports.join(" and ")}`;
  return unreachableHost(hostname.replace(/^\[|\]$/g, ""), opened);
}

const usualPorts: Readonly<Record<string, number>> = {
  "http:": 80,
  "https:": 443,
  "ws:": 80,
  "wss:": 443,
  "redis:": 6379,
  "rediss:": 6379,
  "postgresql:": 5432,
  "postgres:": 5432,
};

function unreachableHost(host: string, opened: Opened): string | undefined {
  if (host === "localhost" || host.startsWith("127.") || host === "::1") return "leads to the pod itself";
  if (isIP(host)) return unreachableAddress(host, opened);
  const namespace = namespaceOf(host);
  if (namespace === "")
    return "names a Service of the system's own namespace, where there is none for it; another namespace's is <service>.<namespace>";
  if ("namespace" in opened && namespace !== opened.namespace)
    return `is not in namespace ${opened.namespace}, which is what the network opens: there it is <service>.${opened.namespace}`;
  if ("internet" in opened && /\.svc(?:\.cluster\.local)?$/.test(host))
    return "is a Service of the cluster, and the network opens public addresses alone";
  return undefined;
}

/** The namespace of a Service by its name in DNS; "" is a pod's own, undefined where the name is none of a Service. */
export function namespaceOf(host: string): string | undefined {
  const [, namespace, ...rest] = host.replace(/\.svc(?:\.cluster\.local)?$/, "").split(".");
  return rest.length > 0 ? undefined : (namespace ?? "");
}

function unreachableAddress(address: string, opened: Opened): string | undefined {
  if ("namespace" in opened)
    return `is an address, and the network opens the pods of namespace ${opened.namespace}`;
  if ("internet" in opened)
    return within(address, privateRanges)
      ? "is a private address, and the network opens public ones"
      : undefined;
  return within(address, opened.cidrs)
    ? undefined
    : `lies outside what the network opens, ${opened.cidrs.join(", ")}`;
}

const privateRanges = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "100.64.0.0/10",
  "169.254.0.0/16",
  "fc00::/7",
  "fe80::/10",
];
