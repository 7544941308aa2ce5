import { kubernetes, nsa } from "../references";
import type { Rule } from "../rule";

export const serviceExposure: Rule = {
  id: "service-exposure",
  title:
    "A Service may not open a door of its own to the outside: what comes in comes by an Ingress or a Gateway.",
  severity: "high",
  references: [
    kubernetes(
      "Service: Publishing Services",
      "concepts/services-networking/service/#publishing-services-service-types",
    ),
    nsa("Network separation and hardening"),
  ],
  mend: "Leave type and externalIPs out, and lead an Ingress or an HTTPRoute to the Service.",
  checkObject({ kind, body, isBuiltIn }, report) {
    if (kind !== "Service" || !isBuiltIn) return;
    const [type, addresses] = [body.at("spec", "type"), body.at("spec", "externalIPs")];
    if (type.isNot("ClusterIP", "ExternalName", undefined)) report(type);
    if (addresses.isUnknown || addresses.items().length > 0) report(addresses);
  },
};
