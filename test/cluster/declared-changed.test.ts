import { beforeAll, describe, expect, test } from "vitest";
import type { ApiServer } from "../../cluster/api-server";
import type { DeclaredObject } from "../../cluster/comparison/declared-objects";
import { title } from "../../cluster/comparison/in-words";
import { inWords } from "../../cluster/comparison/managed-fields";
import type { ReachedCluster } from "../../cluster/connect";
import { pathOf } from "../../cluster/kinds";
import { isWithheld } from "../../components/declared-resources";
import { KubernetesError, type KubernetesObject } from "../../tools/kubernetes";
import { kubernetes } from "../harness/kubernetes";
import { configOf } from "../unit/shipped-stack";
import { declaredOf, held, usersCluster } from "./declared-on-cluster";

// What all systems declare in prod, changed place by place by another manager, as the API server itself makes and notes
// the change: tried, not done. Of places that are alike in objects of one kind, the first: what a container's third
// variable shows, its fourth does too.

const api = kubernetes();

/** A change of one place in an object, by one of several values: the first that the API server takes. */
interface Change {
  readonly object: DeclaredObject;
  readonly path: readonly (string | number)[];
  readonly op: "replace" | "add";
  readonly values: readonly unknown[];
}

describe("every object that is declared in prod", () => {
  let cluster: ReachedCluster;
  let objects: readonly DeclaredObject[];

  beforeAll(async () => {
    cluster = { ...(await usersCluster()), isLocal: true };
    const declared = await declaredOf(configOf("prod"));
    // Kinds of operators that the test cluster does not have.
    objects = declared.filter(({ manifest }) => pathOf(cluster.kinds, manifest) !== undefined);
    // Vomeet's own, in which the account is that reads a Secret of it.
    await api.apply("/api/v1/namespaces/vomeet", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "vomeet" },
    });
    for (const { manifest } of objects)
      await api.apply(pathOf(cluster.kinds, manifest)!, made(manifest), {
        manager: "pulumi-kubernetes-test",
      });
  });

  test("is as declared once it is made", async () => {
    const found = await held(objects, cluster, objects);
    expect(found.compared).toBe(objects.length);
    expect(objects.length).toBeGreaterThan(150);
    expect([found.gone, found.drifted, found.strangers, found.widened]).toEqual([[], [], [], []]);
  });

  test("is missed where it is gone", async () => {
    for (const object of objects) {
      const nowhere = { ...cluster, api: having(undefined) };
      const { gone } = await held([object], nowhere, [object]);
      // What a finished Job has done is done.
      expect(gone.map(({ manifest }) => title(manifest))).toEqual(
        object.manifest.kind === "Job" ? [] : [title(object.manifest)],
      );
    }
  });

  test("has no field that another can change unseen", async () => {
    const { seen, unseen } = await triedAll(firstOfAlike(objects.flatMap(changedFields)), cluster);
    expect(unseen).toEqual([]);
    expect(seen).toBeGreaterThan(400);
  });

  test("has no list and no map that another can add to unseen", async () => {
    const { seen, unseen } = await triedAll(firstOfAlike(objects.flatMap(additions)), cluster);
    // The API server notes items of that list by their address, and so notes nothing of a second one of the same.
    expect(unseen).toEqual([
      'Deployment thebot/thebot-frontend: add spec/template/spec/hostAliases/- {"hostnames":["backend"],"ip":"127.0.0.1"}',
    ]);
    expect(seen).toBeGreaterThan(80);
  });
});

/** As Pulumi would apply it, with something for what only an update knows. */
function made(manifest: KubernetesObject): object {
  const filled = (value: unknown, isData: boolean): unknown => {
    if (isWithheld(value)) return isData ? "aHVzaA==" : "known-by-now";
    if (Array.isArray(value)) return value.map((each) => filled(each, isData));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        filled(each, isData || (manifest.kind === "Secret" && key === "data")),
      ]),
    );
  };
  return filled(manifest, false) as object;
}

/** An API server that has one object, or none; what is tried on it is tried on the real one. */
function having(live: KubernetesObject | undefined): ApiServer {
  const all = live ? [live] : [];
  const has = {
    find: async () => live,
    list: async (path: string) => (path.endsWith("clusterrolebindings") ? [] : all),
    apply: (...args: Parameters<ApiServer["apply"]>) => api.apply(...args),
  };
  return has as unknown as ApiServer;
}

function firstOfAlike(changes: readonly Change[]): Change[] {
  const alike = ({ object: { manifest }, path, op }: Change) =>
    [manifest.kind, op, ...path.map((step) => (typeof step === "number" ? "#" : step))].join("/");
  return [...new Map(changes.toReversed().map((change) => [alike(change), change])).values()];
}

async function triedAll(changes: readonly Change[], cluster: ReachedCluster) {
  const outcomes: (string | undefined)[] = [];
  let seen = 0;
  const queue = [...changes];
  const worker = async () => {
    for (let change = queue.pop(); change; change = queue.pop()) {
      const outcome = await tried(change, cluster);
      if (outcome === "seen") seen++;
      else if (outcome !== "impossible") outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return { seen, unseen: outcomes.sort() };
}

/** `seen`; `impossible`, where the API server lets nobody make that change; or what was not seen. */
async function tried(change: Change, cluster: ReachedCluster): Promise<string> {
  const { object, path, op } = change;
  const { manifest } = object;
  for (const value of change.values) {
    const live = await changed(change, value, cluster);
    if (!live) continue;
    const { drifted } = await held([object], { ...cluster, api: having(live) }, [object]);
    const said = drifted.flatMap(({ differences, rewritten }) => [...differences, ...rewritten]);
    const step = path.find((each) => typeof each === "string")!;
    if (said.some((each) => inWords(each.path).startsWith(step))) return "seen";
    return `${title(manifest)}: ${op} ${path.join("/")} ${JSON.stringify(value)}`;
  }
  return "impossible";
}

/** The object as it would be; undefined where it would be no other, or the API server does not take it. */
async function changed(
  { object: { manifest }, path, op }: Change,
  value: unknown,
  { kinds }: ReachedCluster,
): Promise<KubernetesObject | undefined> {
  const pointer = path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  const place = `${pathOf(kinds, manifest)!}?dryRun=All&fieldManager=stranger`;
  try {
    const live = await api.edit(place, [{ op, path: pointer, value }]);
    const entries: readonly { manager: string }[] = live.metadata.managedFields ?? [];
    return entries.some(({ manager }) => manager === "stranger") ? live : undefined;
  } catch (error) {
    if (error instanceof KubernetesError && [400, 403, 404, 422].includes(error.status)) return undefined;
    throw error;
  }
}

/** What may be changed of an object: all but what names it. */
function parts({ manifest }: DeclaredObject) {
  const { apiVersion, kind, metadata, ...rest } = manifest;
  const { labels, annotations } = metadata;
  return { ...rest, metadata: { labels, annotations } };
}

function changedFields(object: DeclaredObject): Change[] {
  const leaves = (value: unknown, path: readonly (string | number)[]): Change[] => {
    if (Array.isArray(value)) return value.flatMap((each, place) => leaves(each, [...path, place]));
    if (typeof value === "object" && value !== null)
      return Object.entries(value).flatMap(([key, each]) => leaves(each, [...path, key]));
    return value === undefined ? [] : [{ object, path, op: "replace", values: others(value) }];
  };
  return leaves(parts(object), []);
}

/** Other values of the kind. */
function others(value: unknown): unknown[] {
  if (typeof value === "boolean") return [!value];
  if (typeof value === "number") return [value + 1, value - 1];
  const text = String(value);
  const fitting = families.find((family) => family.includes(text))?.filter((each) => each !== text) ?? [];
  return [
    ...fitting,
    text.replace(/\d+/, (digits) => `${Number(digits) + 1}`),
    `${text}x`,
    "b3RoZXI=",
    "*/7 * * * *",
  ].filter((each) => each !== text);
}

const families = [
  ["IfNotPresent", "Always", "Never"],
  ["TCP", "UDP", "SCTP"],
  ["OnFailure", "Never"],
  ["Min", "Max"],
  ["Percent", "Pods"],
  ["Deny", "Audit"],
  ["get", "list", "watch", "create", "delete"],
  ["Allow", "Forbid", "Replace"],
  ["ReadWriteOnce", "ReadWriteMany"],
  ["Ingress", "Egress"],
  ["ScheduleAnyway", "DoNotSchedule"],
  ["restricted", "baseline"],
  ["true", "false"],
];

/** A new item of each list, and a new key of each map that takes any. */
function additions(object: DeclaredObject): Change[] {
  const all = (value: unknown, path: readonly (string | number)[]): Change[] => {
    if (Array.isArray(value)) {
      const items = value.length > 0 ? another(value.at(-1)) : ["stranger", {}];
      return [
        { object, path: [...path, "-"], op: "add", values: items },
        ...value.flatMap((each, place) => all(each, [...path, place])),
      ];
    }
    if (typeof value !== "object" || value === null) return [];
    return [
      { object, path: [...path, "stranger"], op: "add", values: ["stranger", "c3RyYW5nZXI=", "7"] },
      ...Object.entries(value).flatMap(([key, each]) => all(each, [...path, key])),
    ];
  };
  return all(parts(object), []).filter(({ path }) => !isMark(path));
}

/** Labels and annotations of the object itself, which others may put there: docs/operations.md. */
function isMark([first]: Change["path"]): boolean {
  return first === "metadata";
}

/** Items of the kind by another name. */
function another(item: unknown): unknown[] {
  if (typeof item === "string") return [`${item}-x`, "stranger", ...others(item)];
  if (typeof item !== "object" || item === null) return others(item);
  const fields = item as Record<string, unknown>;
  const renamed = {
    ...fields,
    ...("name" in fields && { name: "stranger" }),
    ...("mountPath" in fields && { mountPath: "/stranger" }),
  };
  return [
    {
      ...renamed,
      ...("port" in fields && { port: 9999 }),
      ...("containerPort" in fields && { containerPort: 9999 }),
    },
    ...Object.keys(fields).flatMap((key) =>
      others(fields[key]).map((other) => ({ ...fields, [key]: other })),
    ),
    {},
  ];
}
