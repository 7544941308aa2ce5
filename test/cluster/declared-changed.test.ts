import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import type { ApiServer } from "../../cluster/api-server";
import type { DeclaredObject } from "../../cluster/comparison/declared-objects";
import { title } from "../../cluster/comparison/in-words";
import { inWords } from "../../cluster/comparison/managed-fields";
import type { ReachedCluster } from "../../cluster/connect";
import { pathOf } from "../../cluster/kinds";
import { isWithheld } from "../../components/declared-resource";
import { KubernetesError, type KubernetesObject } from "../../tools/kubernetes";
import { kubernetes } from "../harness/kubernetes";
import { configOf } from "../unit/shipped-stack";
import { declaredOf, held, usersCluster } from "./declared-on-cluster";
import { additions, type Change, changedFields } from "./object-changes";

// What all systems declare in prod, changed place by place by another manager, as the API server itself makes and notes
// the change: tried, not done. Of places that are alike in objects of one kind, the first: what a container's third
// variable shows, its fourth does too.

const api = kubernetes();

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
    const { seen, unseen, impossible } = await triedAll(objects.flatMap(changedFields), cluster);
    expect(unseen).toEqual([]);
    expect(unexplained(impossible)).toEqual([]);
    expect(seen).toBeGreaterThan(400);
  });

  test("has no list and no map that another can add to unseen", async () => {
    const { seen, unseen, impossible } = await triedAll(objects.flatMap(additions), cluster);
    // The API server notes items of that list by their address, and so notes nothing of a second one of the same.
    expect(unseen).toEqual([
      'Deployment thebot/thebot-frontend: add spec/template/spec/hostAliases/- {"hostnames":["backend"],"ip":"127.0.0.1"}',
    ]);
    // A key that a kind does not have is nobody's to add.
    expect(unexplained(impossible.filter((each) => !/\bstranger$/.test(each)))).toEqual([]);
    expect(seen).toBeGreaterThan(80);
  });
});

/** The changes of one place that the API server lets nobody make, by why it does not. */
const nobodyMay: Readonly<Record<string, RegExp>> = {
  "it never changes":
    /^(Job: \w+ spec\/template\/|(Deployment|StatefulSet): replace spec\/selector\/|StatefulSet: \w+ spec\/(podManagementPolicy|serviceName|volumeClaimTemplates\/)|PersistentVolumeClaim: \w+ spec\/(accessModes|storageClassName)|ResourceQuota: \w+ spec\/scopes|RoleBinding: replace roleRef\/|Secret: replace type|Service: replace spec\/clusterIP)/,
  "the selector holds it": /^(Deployment|StatefulSet): replace spec\/template\/metadata\/labels\//,
  "it is named elsewhere in the object": /\/(volumes|volumeMounts|variables)\/#\/name$/,
  "another type has other fields":
    /(strategy\/type|spec\/metrics\/#(\/\w+\/target)?\/type|subjects\/#\/kind)$/,
  "its exceptions are inside it": /ipBlock\/cidr$/,
  "an item is of something else that is not there": /\/volumeMounts$/,
  "there is only one": /fieldRef\/apiVersion$/,
  "all are there, or exclude each other": /(policyTypes|validationActions)\/-$/,
  "the quota of the namespace allows no other": /^Service: replace spec\/type$/,
};

/** Of the changes that nobody can make, those that no reason is known for. */
function unexplained(impossible: readonly string[]): string[] {
  const reasons = Object.values(nobodyMay);
  return impossible.filter((each) => !reasons.some((reason) => reason.test(each)));
}

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

/** Changes that are alike, of objects of one kind: some may be possible in one of them alone. */
function alike(changes: readonly Change[]): Change[][] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) groups.set(placeOf(change), [...(groups.get(placeOf(change)) ?? []), change]);
  return [...groups.values()];
}

function placeOf({ object: { manifest }, path, op }: Change): string {
  return `${manifest.kind}: ${op} ${path.map((step) => (typeof step === "number" ? "#" : step)).join("/")}`;
}

/** Tries of those that are alike the first that is possible. */
async function triedAll(changes: readonly Change[], cluster: ReachedCluster) {
  const unseen: string[] = [];
  const impossible: string[] = [];
  let seen = 0;
  const queue = alike(changes);
  const worker = async () => {
    for (let group = queue.pop(); group; group = queue.pop()) {
      let outcome = "impossible";
      for (const change of group.slice(0, 3)) {
        outcome = await tried(change, cluster);
        if (outcome !== "impossible") break;
      }
      if (outcome === "seen") seen++;
      else if (outcome === "impossible") impossible.push(placeOf(group[0]!));
      else unseen.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
  return { seen, unseen: unseen.sort(), impossible: impossible.sort() };
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
    const [before, live] = [
      await asMade(manifest, kinds),
      await api.edit(place, [{ op, path: pointer, value }]),
    ];
    return isDeepStrictEqual(withoutTrace(before), withoutTrace(live)) ? undefined : live;
  } catch (error) {
    if (error instanceof KubernetesError && [400, 403, 404, 422].includes(error.status)) return undefined;
    throw error;
  }
}

const read = new Map<KubernetesObject, Promise<KubernetesObject>>();

/** The live object, which no change is made to. */
function asMade(manifest: KubernetesObject, kinds: ReachedCluster["kinds"]): Promise<KubernetesObject> {
  const known = read.get(manifest) ?? api.get(pathOf(kinds, manifest)!);
  read.set(manifest, known);
  return known;
}

function withoutTrace({ metadata, status, ...rest }: KubernetesObject): object {
  const { labels, annotations } = metadata;
  return { ...rest, labels, annotations };
}
