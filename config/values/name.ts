import { type Grammar, text } from "./scalar";

const LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";

function nameHint(name: string): string | undefined {
  if (/[A-Z]/.test(name)) return "has capital letters";
  if (/_/.test(name)) return "has an underscore";
  if (name.length > 63 && /^[-a-z0-9]+$/.test(name)) return `has ${name.length} characters, more than 63`;
  return undefined;
}

/** RFC 1123 label: what Kubernetes takes as the name of a Namespace or a Service. */
export const dnsLabelGrammar: Grammar = {
  name: "a DNS label (at most 63 small letters, digits and hyphens, a letter or digit at both ends)",
  example: "agentsmith-dev",
  pattern: new RegExp(`^${LABEL}$`),
  hint: nameHint,
};

export const dnsLabel = () => text(dnsLabelGrammar);

/** RFC 1123 subdomain: what Kubernetes takes as the name of most objects. */
const objectName = (what: string, example: string) =>
  text({
    name: `the name of ${what} (small letters, digits, hyphens and dots)`,
    example,
    pattern: new RegExp(`^${LABEL}(?:\\.${LABEL})*$`),
    hint: nameHint,
    check: (name) => (name.length > 253 ? `has ${name.length} characters, more than 253` : undefined),
  });

export const secretName = () => objectName("a Secret", "registry-credentials");
export const storageClassName = () => objectName("a StorageClass", "fast-ssd");
export const priorityClassName = () => objectName("a PriorityClass", "high-priority");
export const ingressClassName = () => objectName("an IngressClass", "nginx");
export const issuerName = () => objectName("a ClusterIssuer", "letsencrypt-prod");
