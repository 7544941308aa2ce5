import type { Field } from "../field";
import type { KubernetesObject } from "../kubernetes-object";
import { kubernetes } from "../references";
import type { Rule } from "../rule";
import { portNames } from "../service";
import type { Stack } from "../stack";

const gatewayRoutes = ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"].map(
  (kind) => `gateway.networking.k8s.io/${kind}`,
);

export const routeBackends: Rule = {
  id: "route-backends",
  title: "An Ingress or a route must lead to a Service that is there, and to a port that it has.",
  severity: "high",
  references: [kubernetes("Ingress", "concepts/services-networking/ingress/")],
  mend: "Name a Service of the same namespace, and one of its ports.",
  checkStack(stack, report) {
    for (const ingress of stack.objectsOf("Ingress")) {
      const spec = ingress.body.at("spec");
      const paths = spec
        .at("rules")
        .items()
        .flatMap((rule) => rule.at("http", "paths").items());
      const backends = [...paths.map((path) => path.at("backend")), spec.at("defaultBackend")];
      for (const backend of backends.flatMap(serviceOf)) check(ingress, backend, stack, report);
    }
    for (const route of stack.objectsOf(...gatewayRoutes)) {
      const rules = route.body.at("spec", "rules").items();
      for (const ref of rules.flatMap((rule) => rule.at("backendRefs").items())) {
        const isService = (ref.at("kind").value ?? "Service") === "Service" && !ref.at("group").value;
        // What another namespace has, this stack need not know.
        if (isService && !ref.at("namespace").isSet)
          check(route, { name: ref.at("name"), port: ref.at("port") }, stack, report);
      }
    }
  },
};

/** How a route names the Service behind it, and its port. */
interface Backend {
  readonly name: Field;
  readonly port: Field;
}

function serviceOf(backend: Field): Backend[] {
  const service = backend.at("service");
  if (!service.isSet) return [];
  const port = service.at("port");
  return [{ name: service.at("name"), port: port.at("name").isSet ? port.at("name") : port.at("number") }];
}

function check(
  from: KubernetesObject,
  { name, port }: Backend,
  stack: Stack,
  report: (object: KubernetesObject, field: Field, note?: string) => void,
) {
  if (name.isUnknown) return report(from, name);
  const service = stack.find("Service", from.namespace, name.text ?? "");
  if (!service) return report(from, name, `there is no such Service in ${from.namespace}`);
  const { names, unknown } = portNames(service.body.at("spec", "ports").items(), "name", "port");
  if (port.isUnknown) report(from, port);
  else if (names.some((each) => each === port.value)) return;
  else if (unknown) report(from, unknown);
  else report(from, port, `${service.label} has ${names.join(", ") || "no port"}`);
}
