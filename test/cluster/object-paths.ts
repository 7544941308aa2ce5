import { setTimeout } from "node:timers/promises";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";

/** Where the API server has an object. */
export function pathOf({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): string {
  const plural = kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;
  const within = namespace ? `namespaces/${namespace}/` : "";
  return `/${apiVersion === "v1" ? "api" : "apis"}/${apiVersion}/${within}${plural.toLowerCase()}/${name}`;
}

/** Makes those of these kinds, in the order of the kinds; tells where they are, the last first. */
export async function makeAll(
  objects: readonly KubernetesObject[],
  kinds: readonly string[],
): Promise<string[]> {
  const api = kubernetes();
  const made: string[] = [];
  for (const kind of kinds)
    for (const object of objects.filter((each) => each.kind === kind)) {
      const path = pathOf(object);
      await api.apply(path, object);
      made.unshift(path);
    }
  return made;
}

/** To the end: a namespace that is still ending takes nothing new. */
export async function removeAll(paths: readonly string[]): Promise<void> {
  const api = kubernetes();
  for (const path of paths) await api.delete(path);
  for (const path of paths) while (await api.find(path)) await setTimeout(100);
}
