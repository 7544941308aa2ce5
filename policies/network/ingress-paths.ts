import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";
import { kubernetes } from "../references";
import type { Rule } from "../rule";

export const ingressPaths: Rule = {
  id: "ingress-paths",
  title:
    "A path of a host may be claimed once: who gets it else, the controller decides, and may take a request from its owner.",
  severity: "high",
  references: [
    kubernetes("Ingress: Path types", "concepts/services-networking/ingress/#multiple-matches"),
    {
      standard: "Gateway API",
      control: "HTTPRoute: Matches",
      url: "https://gateway-api.sigs.k8s.io/api-types/httproute/#matches",
    },
  ],
  mend: "Give each path of a host to one Ingress, or one HTTPRoute of a Gateway.",
  checkStack(stack, report) {
    const claimed = new Map<string, KubernetesObject>();
    const claims = [
      ...stack.objectsOf("Ingress").flatMap(claimsOfIngress),
      ...stack.objectsOf("gateway.networking.k8s.io/HTTPRoute").flatMap(claimsOfRoute),
    ];
    for (const { by, key, path } of claims) {
      const other = claimed.get(key);
      if (path.isUnknown) report(by, path);
      else if (other)
        report(by, path, other === by ? "it stands here before, too" : `${other.label} claims it, too`);
      else claimed.set(key, by);
    }
  },
};

/** A path of a host at one door. */
interface Claim {
  readonly by: KubernetesObject;
  /** The same of whoever claims the same. */
  readonly key: string;
  readonly path: Field;
}

function claimsOfIngress(by: KubernetesObject): Claim[] {
  const { body, metadata } = by;
  const spec = body.at("spec");
  const annotations = metadata.at("annotations");
  const ingressClass = spec.at("ingressClassName").text ?? annotations.at("kubernetes.io/ingress.class").text;
  // Of two of which one is the other's canary, each has a part of the requests.
  if (annotations.at("nginx.ingress.kubernetes.io/canary").value === "true") return [];
  return spec
    .at("rules")
    .items()
    .flatMap((rule) =>
      rule
        .at("http", "paths")
        .items()
        .map((each) => {
          const [host, path, type] = [rule.at("host"), each.at("path"), each.at("pathType").text];
          const text = path.text ?? "/";
          const key = [ingressClass, host.text, type, type === "Prefix" ? withoutEnd(text) : text];
          return claim(by, key, [host, path, each]);
        }),
    );
}

/** At each Gateway that it hangs on; what asks for a header or a method besides claims something else. */
function claimsOfRoute(by: KubernetesObject): Claim[] {
  const spec = by.body.at("spec");
  const hostnames = spec.at("hostnames");
  return spec
    .at("parentRefs")
    .items()
    .flatMap((parent) => {
      const gateway = [
        parent.at("namespace").text ?? by.namespace,
        ...["name", "sectionName", "port"].map((key) => parent.at(key).value),
      ];
      return (hostnames.isSet ? hostnames.items() : [hostnames]).flatMap((host) =>
        spec
          .at("rules")
          .items()
          .flatMap((rule) => (rule.at("matches").isSet ? rule.at("matches").items() : [rule.at("matches")]))
          .map((match) => {
            const [type, path] = [match.at("path", "type").text ?? "PathPrefix", match.at("path", "value")];
            const text = path.text ?? "/";
            const besides = ["method", "headers", "queryParams"].map((key) => match.at(key).value);
            const key = [gateway, host.text, type, type === "PathPrefix" ? withoutEnd(text) : text, besides];
            return claim(by, key, [parent, host, path, match.isSet ? match : match.parent!]);
          }),
      );
    });
}

/** It speaks of the first field that is not known, or else of the path; where that is not set, of what would hold it. */
function claim(by: KubernetesObject, key: unknown, fields: readonly Field[]): Claim {
  const [path, holder] = fields.slice(-2) as [Field, Field];
  const unknown = fields.find(({ isUnknown }) => isUnknown);
  return { by, key: JSON.stringify(key), path: unknown ?? (path.isSet ? path : holder) };
}

function withoutEnd(path: string): string {
  return path.replace(/(.)\/+$/, "$1");
}
