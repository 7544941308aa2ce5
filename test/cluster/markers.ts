import { expect } from "vitest";
import type { Kubernetes } from "../harness/kubernetes";
import type { Workspace } from "../harness/workspace";

/** The forms in which a value may get out: as it is, in base64, and as part of a URL. */
function formsOf(value: string): string[] {
  return [value, Buffer.from(value).toString("base64"), encodeURIComponent(value)];
}

/** Fails where a value stands in a text, without showing it. */
export function expectNowhere(values: readonly string[], texts: Readonly<Record<string, string>>): void {
  const found = Object.entries(texts).flatMap(([where, text]) =>
    values.flatMap((value, index) =>
      formsOf(value).some((form) => text.includes(form)) ? [`value ${index} in ${where}`] : [],
    ),
  );
  expect(found).toEqual([]);
}

/** What Pulumi has written and says when it tells all it can, and what the cluster holds beside its Secrets. */
export async function everythingSaid(workspace: Workspace, api: Kubernetes) {
  const said = async (...args: string[]) => (await workspace.pulumi(...args)).output;
  return {
    "preview --json": await said("preview", "--json"),
    // With its preview, which says what `preview --diff` would.
    "up --diff": await said("up", "--yes", "--diff"),
    refresh: await said("refresh", "--yes", "--diff"),
    "stack export": await said("stack", "export"),
    "stack output": await said("stack", "output", "--json"),
    "the state": await workspace.stateFiles(),
    "the objects": await everyObject(api),
  };
}

/** The objects of every kind that a system is made of, and the events, as one text: all but Secrets. */
export async function everyObject(api: Kubernetes): Promise<string> {
  const groups = ["", "apps", "batch", "networking.k8s.io", "external-secrets.io"];
  const kinds = await Promise.all(groups.map((group) => kindsOf(api, group)));
  const listed = await Promise.all(kinds.flat().map((path) => api.list(path)));
  return JSON.stringify(listed);
}

async function kindsOf(api: Kubernetes, group: string): Promise<string[]> {
  const path = group === "" ? "/api/v1" : `/apis/${group}/v1`;
  const { resources } = await api.get(path).catch(() => ({ resources: [] }));
  return resources.flatMap(({ name, verbs }: { name: string; verbs: string[] }) =>
    name !== "secrets" && verbs.includes("list") ? `${path}/${name}` : [],
  );
}
