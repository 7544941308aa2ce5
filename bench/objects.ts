import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import type { KubernetesObject } from "../tools/kubernetes";
import type { Place } from "./measure";

/** The objects that Muster made in a namespace, as somebody would have written them. */
export async function objectsIn(namespace: string, { cwd, env }: Place): Promise<KubernetesObject[]> {
  const get = ["get", kinds, "--namespace", namespace, "--show-managed-fields", "--output", "json"];
  const { stdout } = await execa("kubectl", get, { cwd, env });
  return JSON.parse(stdout)
    .items.filter(({ metadata }: KubernetesObject) =>
      metadata.managedFields?.some(({ manager }: { manager: string }) => manager.startsWith("pulumi")),
    )
    .map(written);
}

const kinds =
  "configmaps,secrets,services,serviceaccounts,resourcequotas,podtemplates,roles,rolebindings,networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,deployments,statefulsets,ingresses";

function written({ status: _, ...object }: KubernetesObject): KubernetesObject {
  const { name, namespace, labels, annotations } = object.metadata;
  const { clusterIP, clusterIPs, ...spec } = object.spec ?? {};
  if (clusterIP === "None") spec.clusterIP = clusterIP;
  return {
    ...object,
    metadata: { name, namespace, labels, annotations },
    ...(object.spec && { spec }),
  };
}

/** The objects in another namespace and with another image of the dispatcher, as one file. */
export function render(
  objects: readonly KubernetesObject[],
  names: { from: string; to: string },
  image: string,
): string {
  return objects
    .map((object) => JSON.stringify(object))
    .map((text) => text.replaceAll(names.from, names.to).replaceAll(/agentsmith-dispatcher:[\w.]+/g, image))
    .join("\n---\n");
}

/** Writes a chart that holds the objects as they are. */
export function writeChart(folder: string, objects: string): void {
  mkdirSync(join(folder, "templates"), { recursive: true });
  writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: system\nversion: 0.1.0\n");
  writeFileSync(join(folder, "templates/all.yaml"), '{{ .Files.Get "objects.yaml" }}\n');
  writeFileSync(join(folder, "objects.yaml"), objects);
}
