import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";
import { kubernetes } from "../references";
import type { Rule } from "../rule";

export const ingressPaths: Rule = {
  id: "ingress-paths",
  title:
    "A path of a host may be claimed once: who gets it else, the controller decides, and may take a request from its owner.",
  severity: "high",
  references: [kubernetes("Ingress: Path types", "concepts/services-networking/ingress/#multiple-matches")],
  mend: "Give each path of a host to one Ingress.",
  checkStack(stack, report) {
    const claimed = new Map<string, KubernetesObject>();
    for (const ingress of stack.objectsOf("Ingress")) {
      for (const { key, path } of pathsOf(ingress)) {
        const other = claimed.get(key);
        if (path.isUnknown) report(ingress, path);
        else if (other)
          report(
            ingress,
            path,
            other === ingress ? "it stands here before, too" : `${other.label} claims it, too`,
          );
        else claimed.set(key, ingress);
      }
    }
  },
};

function pathsOf({ body, metadata }: KubernetesObject): { key: string; path: Field }[] {
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
          const normal = type === "Prefix" ? text.replace(/(.)\/+$/, "$1") : text;
          const key = JSON.stringify([ingressClass, host.text, type, normal]);
          return { key, path: [host, path].find(({ isUnknown }) => isUnknown) ?? (path.isSet ? path : each) };
        }),
    );
}
