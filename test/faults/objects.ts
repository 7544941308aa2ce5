import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import type { ExecaChildProcess } from "execa";
import type { Kubernetes } from "../../tools/kubernetes";

/** A resource in Pulumi's state. */
export interface StateResource {
  readonly type: string;
  readonly outputs?: { readonly kind?: string; readonly metadata?: { name: string; namespace?: string } };
}

// What controllers make of what somebody made.
const ofControllers = ["pods", "events", "endpoints", "endpointslices", "replicasets", "controllerrevisions"];
// What Kubernetes puts into every namespace.
const ofKubernetes = ["ConfigMap kube-root-ca.crt", "ServiceAccount default"];

/** Every object that somebody made in a namespace, of every kind that the API server has, and the namespace itself. */
export async function objectsIn(api: Kubernetes, namespace: string): Promise<string[]> {
  const { groups } = await api.get("/apis");
  const versions: string[] = groups.map(
    (group: { preferredVersion: { groupVersion: string } }) => `/apis/${group.preferredVersion.groupVersion}`,
  );
  const lists = ["/api/v1", ...versions].map(async (version) => {
    const resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[] = (
      await api.get(version)
    ).resources;
    const made = resources.filter(
      ({ name, namespaced, verbs }) => namespaced && verbs.includes("list") && !ofControllers.includes(name),
    );
    const objects = made.map(async ({ name, kind }) => {
      const items = await api.list(`${version}/namespaces/${namespace}/${name}`);
      return items.map(({ metadata }) => `${kind} ${metadata.name}`);
    });
    return (await Promise.all(objects)).flat();
  });
  const all = (await Promise.all(lists)).flat();
  const namespaces = (await api.list("/api/v1/namespaces")).map(({ metadata }) => metadata.name);
  return [
    ...all.filter((each) => !ofKubernetes.includes(each)),
    ...namespaces.filter((name) => name === namespace).map((name) => `Namespace ${name}`),
  ].sort();
}

/** What Pulumi's state says that it made in a namespace, and the namespace itself. */
export function objectsOf(resources: readonly StateResource[], namespace: string): string[] {
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .flatMap(({ outputs }) => (outputs?.metadata ? { kind: outputs.kind, ...outputs.metadata } : []))
    .filter(({ kind, name, namespace: its }) => (kind === "Namespace" ? name : its) === namespace)
    .map(({ kind, name }) => `${kind} ${name}`)
    .sort();
}

/** What a stack's file in a backend of files has recorded. */
export function recorded(stateFile: string): { resources: number; pending: unknown[] } {
  const { resources, pending_operations } =
    JSON.parse(readFileSync(stateFile, "utf8")).checkpoint.latest ?? {};
  return { resources: resources?.length ?? 0, pending: pending_operations ?? [] };
}

export async function redisPassword(api: Kubernetes, namespace: string): Promise<string | undefined> {
  return api.get(`/api/v1/namespaces/${namespace}/secrets/redis`).then(
    (secret) => secret.data.password,
    () => undefined,
  );
}

/** Ends once a stream has brought so many lines. */
function lines(stream: NodeJS.ReadableStream, count: number, from?: RegExp): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0;
    let begun = from === undefined;
    stream.on("data", (chunk: Buffer) => {
      for (const line of chunk.toString().split("\n").slice(0, -1)) {
        begun ||= from!.test(line);
        if (begun && ++seen > count) resolve();
      }
    });
  });
}

/** Ends once an update has made so many resources. Components are recorded as soon as they are begun. */
function resources(stream: NodeJS.ReadableStream, count: number, from?: RegExp): Promise<void> {
  const seen = new Set<string>();
  return new Promise((resolve) => {
    let begun = from === undefined;
    createInterface({ input: stream }).on("line", (line) => {
      begun ||= from!.test(line);
      const [step] = /^ \+ {2}(muster:\S+ \S+ creating|\S+ \S+ created)/.exec(line) ?? [];
      if (step !== undefined) seen.add(step);
      if (begun && seen.size >= count) resolve();
    });
  });
}

/** Ends after so many milliseconds, so many lines, or so many resources that an update has made. */
export function moment(
  stream: NodeJS.ReadableStream,
  { after, what }: { after: number; what: string },
  from?: RegExp,
): Promise<void> {
  if (what === "resources") return resources(stream, after, from);
  if (what === "lines") return lines(stream, after, from);
  return lines(stream, 0, from).then(() => setTimeout(after));
}

/** Waits for a moment of a run; fails with what it printed, where it ends before. */
export async function reached(
  run: ExecaChildProcess,
  when: { after: number; what: string },
  from?: RegExp,
): Promise<void> {
  const ended = run.then(({ all, stdout }) =>
    Promise.reject(new Error(`It ended before:\n${all ?? stdout}`)),
  );
  await Promise.race([moment(run.stdout!, when, from), ended]);
}
