import { kubernetes } from "../references";
import type { Rule } from "../rule";

/** Annotations that controllers copy into their own configuration: nginx, F5's nginx, HAProxy, Traefik's older ones. */
const snippet =
  /(-snippets?|\/(.*-)?config-(backend|frontend|global|defaults|tcp)|\/(server|stream|location|http)-snippets?|\/lua-.*)$/;

export const ingressSnippets: Rule = {
  id: "ingress-snippets",
  title:
    "No annotation may hold configuration of the ingress controller: it sees the certificates and the requests of everybody.",
  severity: "critical",
  references: [
    kubernetes("Ingress controllers", "concepts/services-networking/ingress-controllers/"),
    { standard: "CVE", control: "CVE-2021-25742", url: "https://nvd.nist.gov/vuln/detail/CVE-2021-25742" },
  ],
  mend: "Use the controller's own annotation for what is wanted, or have its operator set it for all.",
  checkObject({ kind, metadata, isBuiltIn }, report) {
    if (kind !== "Ingress" || !isBuiltIn) return;
    const annotations = metadata.at("annotations");
    if (annotations.isUnknown) report(annotations);
    for (const [key, field] of annotations.entries()) if (snippet.test(key)) report(field.hidden());
  },
};
