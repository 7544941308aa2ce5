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

/** What Pulumi has written and says when it tells all it can, and what the namespace holds beside its Secrets. */
export async function everythingSaid(workspace: Workspace, api: Kubernetes, namespace: string) {
  const said = async (...args: string[]) => (await workspace.pulumi(...args)).output;
  const path = `/api/v1/namespaces/${namespace}`;
  const objects = [
    `${path}/events`,
    `${path}/configmaps`,
    `${path}/pods`,
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    `/apis/external-secrets.io/v1/namespaces/${namespace}/externalsecrets`,
  ];
  const listed = await Promise.all(objects.map((each) => api.list(each).catch(() => [])));
  return {
    "preview --diff": await said("preview", "--diff"),
    "preview --json": await said("preview", "--json"),
    "up --diff": await said("up", "--yes", "--diff"),
    refresh: await said("refresh", "--yes", "--diff"),
    "stack export": await said("stack", "export"),
    "stack output": await said("stack", "output", "--json"),
    "the state": await workspace.stateFiles(),
    "the objects": JSON.stringify(listed),
  };
}
