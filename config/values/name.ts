import { type Grammar, text } from "./scalar";

const LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";

function nameHint(name: string): string | undefined {
  if (/[A-Z]/.test(name)) return "has capital letters";
  if (/_/.test(name)) return "has an underscore";
  return undefined;
}

const dnsLabelGrammar: Grammar = {
  name: "a DNS label",
  rule: "at most 63 small letters, digits and hyphens, a letter or digit at both ends",
  example: "web-recorder",
  pattern: new RegExp(`^${LABEL}$`),
  hint: nameHint,
  longest: 63,
};

/** RFC 1123 label: what Kubernetes takes as the name of a Service. */
export const dnsLabel = () => text(dnsLabelGrammar);

export const namespaceGrammar: Grammar = {
  ...dnsLabelGrammar,
  name: "the name of a namespace",
  example: "agentsmith-dev",
  check: (name) => (/^kube-|^default$/.test(name) ? "belongs to Kubernetes itself" : undefined),
};

/** The name of a namespace that a system has to itself. Refused: default and kube-*. */
export const namespaceName = () => text(namespaceGrammar);

/** RFC 1123 subdomain: what Kubernetes takes as the name of most objects. */
const objectName = (what: string, example: string) =>
  text({
    name: `the name of ${what}`,
    rule: `small letters, digits, hyphens and dots`,
    example,
    pattern: new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
    hint: nameHint,
    longest: 253,
  });

export const secretName = () => objectName("a Secret", "registry-credentials");

/** A key of a Secret. */
export const secretKeyName = () =>
  text({
    name: "a key of a Secret",
    rule: "letters, digits, -, _ and .",
    example: "anthropic-api-key",
    pattern: /^(?!\.\.?$|\.\.)[-._a-zA-Z0-9]+$/,
    longest: 253,
  });

export const storageClassName = () => objectName("a StorageClass", "fast-ssd");
/** As the value of a label it is shorter than other names. */
export const localQueueName = () =>
  text({ ...dnsLabelGrammar, name: "the name of a LocalQueue", example: "agents" });
export const priorityClassName = () => objectName("a PriorityClass", "high-priority");
export const ingressClassName = () => objectName("an IngressClass", "nginx");
export const issuerName = () => objectName("a ClusterIssuer", "letsencrypt-prod");
export const serviceAccountName = () => objectName("a ServiceAccount", "uploader");
export const gatewayName = () => objectName("a Gateway", "public");
export const listenerName = () => objectName("a listener of the Gateway", "https");
