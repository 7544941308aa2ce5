import type { Field } from "./field";
import type { KubernetesObject } from "./kubernetes-object";
import type { Container } from "./pod";
import { matchesMap } from "./selector";
import { oncePerStack, type Selected, type Stack } from "./stack";
import type { Workload } from "./workload";

/** The pods that a Service sends to. */
export function podsBehind(stack: Stack, service: KubernetesObject): Selected {
  return podsBehindEach(stack).get(service)!;
}

const podsBehindEach = oncePerStack((stack): ReadonlyMap<KubernetesObject, Selected> => {
  const services = stack.objectsOf("Service").map((service) => {
    const selector = service.body.at("spec", "selector");
    return [service, stack.selected(service.namespace, (labels) => matchesMap(selector, labels))] as const;
  });
  return new Map(services);
});

/** The port of a container behind a port of a Service: a name or a number. */
export function targetPort(port: Field): Field {
  const target = port.at("targetPort");
  return target.isSet ? target : port.at("port");
}

/** The container of a pod that has a port, by its name or its number. */
export function containerWithPort({ pod }: Workload, port: Field): Container | undefined {
  return pod.lastingContainers.find((container) => portOf(container, port) !== undefined);
}

function portOf(container: Container, { value }: Field): Field | undefined {
  return container.field
    .at("ports")
    .items()
    .find((each) => [each.at("name").value, each.at("containerPort").value].includes(value as string));
}

/** What ports are called, by these keys of theirs; and the first of those that is not known. */
export function portNames(
  ports: readonly Field[],
  ...keys: readonly string[]
): { readonly names: readonly (string | number)[]; readonly unknown?: Field } {
  const fields = ports.flatMap((port) => keys.map((key) => port.at(key)));
  return {
    names: fields.flatMap(({ text, number }) => text ?? number ?? []),
    unknown: fields.find(({ isUnknown }) => isUnknown),
  };
}
