import type { Field } from "./field";
import type { Resource } from "./resource";

/** What satisfies a rule where nothing is set. What somebody wrote is never written over. */
export interface Remedy {
  readonly of: "pod" | "container";
  /** From the pod's spec, or from the container. */
  readonly path: string;
  readonly value: unknown;
}

type Properties = Record<string | number, unknown>;

/** Sets it in the properties of a resource, wherever its pods say nothing. */
export function remedy({ of, path, value }: Remedy, resource: Resource, properties: object): void {
  // Parts of pods get the rest from an operator. Most of these settings may not be on pods of Windows.
  const pods = resource.objects
    .flatMap((object) => object.pods)
    .filter((pod) => !pod.isPart && !pod.isWindows);
  const roots =
    of === "pod"
      ? pods.map(({ spec }) => spec)
      : pods.flatMap(({ containers }) => containers.map(({ field }) => field));
  for (const field of roots.map((root) => root.at(...path.split(".")))) {
    if (!field.isSet) set(properties as Properties, field, value);
  }
}

function set(properties: Properties, { keys }: Field, value: unknown) {
  let inner = properties;
  for (const key of keys.slice(0, -1)) {
    inner[key] ??= {};
    inner = inner[key] as Properties;
  }
  inner[keys.at(-1)!] = value;
}
