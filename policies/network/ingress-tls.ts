import type { Field } from "../field";
import { kubernetes, nsa } from "../references";
import type { Rule } from "../rule";

export const ingressTls: Rule = {
  id: "ingress-tls",
  title: "What comes in from outside must come encrypted.",
  severity: "high",
  references: [
    kubernetes("Ingress: TLS", "concepts/services-networking/ingress/#tls"),
    nsa("Data in transit"),
  ],
  mend: "List each host of the rules under tls.hosts, with the Secret of its certificate; give a Gateway's listeners the protocol HTTPS.",
  stacks: ["prod", "prod-*"],
  checkObject({ kind, group, body }, report) {
    const spec = body.at("spec");
    if (kind === "Ingress" && ["networking.k8s.io", "extensions"].includes(group)) {
      const tls = spec.at("tls");
      const hosts = tls.items().flatMap((each) => each.at("hosts").items());
      const unknown = [tls, ...hosts].find(({ isUnknown }) => isUnknown);
      for (const host of spec
        .at("rules")
        .items()
        .map((rule) => rule.at("host"))) {
        const covered = hosts.some(({ text }) => text !== undefined && covers(text, host));
        // Without hosts, one certificate serves for whatever is asked for.
        if (covered || tls.items().some((each) => !each.at("hosts").isSet)) continue;
        if (unknown) report(unknown);
        else report(host, "tls.hosts does not list it");
      }
      if (!tls.isSet && spec.at("rules").items().length === 0) report(tls);
    }
    if (kind === "Gateway" && group === "gateway.networking.k8s.io") {
      for (const listener of spec.at("listeners").items()) {
        const protocol = listener.at("protocol");
        if (protocol.isNot("HTTPS", "TLS")) report(protocol);
      }
    }
  },
};

function covers(pattern: string, { text }: Field): boolean {
  if (!pattern.startsWith("*.")) return pattern === text;
  return text !== undefined && text.slice(text.indexOf(".")) === pattern.slice(1);
}
