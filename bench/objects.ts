import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { execa } from "execa";
import { Failure } from "../tools/failure";
import type { KubernetesObject } from "../tools/kubernetes";
import type { Place } from "./measure";

/** The objects that Muster made in a namespace, as somebody would have written them. */
export async function objectsIn(namespace: string, { cwd, env }: Place): Promise<KubernetesObject[]> {
  const get = ["get", kinds, "--namespace", namespace, "--show-managed-fields", "--output", "json"];
  const { stdout } = await execa("kubectl", get, { cwd, env });
  // What a controller made of them, like the volumes of a StatefulSet, is not written by anybody.
  const applied = ({ manager }: { manager: string }) => /^(pulumi|muster)/.test(manager);
  return JSON.parse(stdout)
    .items.filter(({ metadata }: KubernetesObject) => metadata.managedFields?.some(applied))
    .map(written);
}

const kinds = [
  "configmaps,secrets,services,serviceaccounts,resourcequotas,podtemplates,persistentvolumeclaims,roles,rolebindings",
  "networkpolicies,poddisruptionbudgets,horizontalpodautoscalers,deployments,statefulsets,jobs,ingresses",
].join(",");

function written({ status: _, ...object }: KubernetesObject): KubernetesObject {
  const { name, namespace, labels, annotations } = object.metadata;
  // What the API server and the controllers fill in.
  const { clusterIP, clusterIPs, volumeName, ...spec } = object.spec ?? {};
  if (clusterIP === "None") spec.clusterIP = clusterIP;
  if (object.kind === "Job") {
    delete spec.selector;
    spec.template.metadata.labels = withoutJob(spec.template.metadata.labels);
  }
  return {
    ...object,
    metadata: {
      name,
      namespace,
      labels: withoutJob(labels),
      annotations: without(annotations, /^(pv\.kubernetes\.io|volume\.(beta\.)?kubernetes\.io|deployment\.)/),
    },
    ...(object.spec && { spec }),
  };
}

function withoutJob(labels?: Record<string, string>): Record<string, string> {
  return without(labels, /^(batch\.kubernetes\.io\/)?(job-name|controller-uid)$/);
}

function without(entries: Record<string, string> | undefined, names: RegExp): Record<string, string> {
  return Object.fromEntries(Object.entries(entries ?? {}).filter(([name]) => !names.test(name)));
}

/** The objects in another namespace and with another image of agentsmith's dispatcher, as one file. */
export function render(
  objects: readonly KubernetesObject[],
  names: { from: string; to: string },
  image?: string,
): string {
  return objects
    .map((object) => JSON.stringify(object))
    .map((text) => text.replaceAll(names.from, names.to))
    .map((text) => (image ? text.replaceAll(/agentsmith-dispatcher:[\w.]+/g, image) : text))
    .join("\n---\n");
}

/** Writes a chart that holds the objects as they are. */
export function writeChart(folder: string, objects: string): void {
  mkdirSync(join(folder, "templates"), { recursive: true });
  writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: system\nversion: 0.1.0\n");
  writeFileSync(join(folder, "templates/all.yaml"), '{{ .Files.Get "objects.yaml" }}\n');
  writeFileSync(join(folder, "objects.yaml"), objects);
}

/** A shell command that waits as Muster does: until every workload is rolled out. */
export function rolledOut(namespace: string): string {
  const workloads = `$(kubectl get deployments,statefulsets --namespace ${namespace} --output name)`;
  return `for each in ${workloads}; do kubectl rollout status --namespace ${namespace} $each || exit 1; done`;
}

/** Throws unless the cluster holds the objects of the file, as many as Muster made, each ready if it is a workload. */
export async function hold(file: string, muster: readonly KubernetesObject[], place: Place): Promise<void> {
  const { stdout } = await execa("kubectl", ["get", "--filename", file, "--output", "json"], place);
  const items: KubernetesObject[] = JSON.parse(stdout).items;
  const names = (objects: readonly KubernetesObject[]) =>
    objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort();
  const made = items.filter(({ kind }) => kind !== "Namespace");
  if (!isDeepStrictEqual(names(made), names(muster)))
    throw new Failure(`${file} made other objects than Muster:\n${names(made).join("\n")}`);
  const waiting = made.filter(
    ({ kind, spec, status }) =>
      ["Deployment", "StatefulSet"].includes(kind) && (status.readyReplicas ?? 0) < spec.replicas,
  );
  if (waiting.length > 0)
    throw new Failure(`${file} did not wait until these were ready:\n${names(waiting).join("\n")}`);
}
