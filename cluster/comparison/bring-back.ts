import * as pulumi from "@pulumi/pulumi";
import { isWithheld } from "../../components/declared-resource";
import { KubernetesError, type KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { pathOf } from "../kinds";
import type { Comparison } from "./compare";
import { resourceKey } from "./declared-objects";
import { type Difference, differencesOf } from "./differences";
import { type Fields, inWords, leaves, ownership, type Path, placeOf, stepInto } from "./managed-fields";

/**
 * Lets Pulumi bring back what it takes for unchanged, in its order and with its waiting: what is gone is made again,
 * what others changed is updated. It has to see a change once and never again, so it is shown a field that the API
 * server drops: `selfLink`, which is out of use.
 */
export function bringBack(
  { gone, drifted, adopted }: Pick<Comparison, "gone" | "drifted" | "adopted">,
  cluster: ReachedCluster,
): pulumi.ResourceTransformation {
  const again = new Set(gone.map(({ resource }) => resource));
  const changed = new Map(
    drifted.filter(({ differences }) => differences.length > 0).map((each) => [each.object.resource, each]),
  );
  const taken = new Map(adopted.map(({ object }) => [object.resource, object.manifest]));
  const takeOver = inUpdate("taken-over", ({ type, name }) =>
    releaseFields(taken.get(resourceKey(type, name))!, cluster, { isReplaced: isOfNoController, left: [] }),
  );
  const release = inUpdate("taken-back", ({ type, name }) => {
    const { object, left } = changed.get(resourceKey(type, name))!;
    return releaseFields(object.manifest, cluster, { isReplaced: () => false, left });
  });
  return ({ type, name, props, opts }) => {
    const key = resourceKey(type, name);
    if (again.has(key))
      return {
        props: withMetadata(props, { selfLink: "gone" }),
        opts: { ...opts, replaceOnChanges: ["metadata.selfLink"] },
      };
    if (!changed.has(key) && !taken.has(key)) return undefined;
    const { annotations } = props.metadata;
    // The hooks are not run for a preview, which changes nothing and so is not kept either.
    const forced = { annotations: { ...annotations, "pulumi.com/patchForce": "true" } };
    const { hooks } = opts as pulumi.CustomResourceOptions;
    if (taken.has(key))
      return {
        props: pulumi.runtime.isDryRun() ? withMetadata(props, forced) : props,
        opts: { ...opts, hooks: { ...hooks, beforeCreate: [...takeOver, ...(hooks?.beforeCreate ?? [])] } },
      };
    return {
      props: withMetadata(props, { selfLink: "changed", ...(pulumi.runtime.isDryRun() && forced) }),
      opts: { ...opts, hooks: { ...hooks, beforeUpdate: [...release, ...(hooks?.beforeUpdate ?? [])] } },
    };
  };
}

/** A hook; none in a preview, which runs none. */
function inUpdate(name: string, run: pulumi.ResourceHookFunction): pulumi.ResourceHook[] {
  return pulumi.runtime.isDryRun() ? [] : [new pulumi.ResourceHook(name, run)];
}

function withMetadata(props: pulumi.Inputs, metadata: object): pulumi.Inputs {
  return { ...props, metadata: { ...props.metadata, ...metadata } };
}

interface Releasing {
  /** Others whose fields are all released, but for marks; of the rest, only those that differ are. */
  readonly isReplaced: (manager: string) => boolean;
  /** What stays as it is. */
  readonly left: readonly Difference[];
}

/** Takes away what others added to an object, and the fields that they own where others are declared. */
export async function releaseFields(
  declared: KubernetesObject,
  { api, kinds }: ReachedCluster,
  args: Releasing,
): Promise<void> {
  const path = pathOf(kinds, declared)!;
  for (let tries = 5; ; tries--) {
    const steps = releasing(declared, { ...(await api.get(path)), kind: declared.kind }, args);
    try {
      if (steps.length > 0) await api.edit(steps.some(isRestored) ? `${path}?${ofProvider}` : path, steps);
      return;
    } catch (error) {
      // 422: it has changed meanwhile, and is not what was looked at.
      if (!(error instanceof KubernetesError) || error.status !== 422 || tries === 1) throw error;
    }
  }
}

/** Where something is written: by a name that the provider takes fields back from. */
const ofProvider = "fieldManager=pulumi-kubernetes";
const isRestored = ({ op, path }: Step) => op === "replace" && !path.startsWith("/metadata/managedFields/");

interface Step {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** The steps of a JSON patch. */
function releasing(
  declared: KubernetesObject,
  live: KubernetesObject,
  { isReplaced, left }: Releasing,
): Step[] {
  const isLeft = ({ path }: Difference) => left.some((each) => inWords(each.path) === inWords(path));
  const differences = differencesOf(declared, live).filter((each) => !each.isOwn && !isLeft(each));
  const added = differences.filter((each) => each.declared === undefined).map(({ path }) => path);
  const taken = differences.filter((each) => each.declared !== undefined).map(({ path }) => path);
  const emptied = emptiedLists(live, added).filter(
    (path) => !holdsWithheld(path.reduce<unknown>(stepInto, declared)),
  );
  const removals = added
    .filter((path) => !emptied.some((list) => beginsWith(path, list)))
    .map((path) => pointer(live, path))
    // From the end of a list to its beginning: what is removed moves what stands behind it.
    .sort((one, other) => other.localeCompare(one, "en", { numeric: true }))
    .map((path) => ({ op: "remove", path }));
  const restored = emptied.map((path) => ({
    op: "replace",
    path: pointer(live, path),
    value: path.reduce<unknown>(stepInto, declared) ?? [],
  }));
  const releases = ownership(live).others.flatMap(({ manager, index, fields }) => {
    const isReleased = (leaf: Path) =>
      taken.some((path) => beginsWith(leaf, path)) || (isReplaced(manager.name) && !isMark(leaf, declared));
    const kept = leaves(fields).filter((leaf) => !isReleased(leaf));
    if (kept.length === leaves(fields).length) return [];
    // Where nobody owned anything, the API server would give all there is to somebody new.
    const value = fieldsOf(kept.length > 0 ? kept : [labels]);
    return [{ op: "replace", path: `/metadata/managedFields/${index}/fieldsV1`, value }];
  });
  if (removals.length + restored.length + releases.length === 0) return [];
  const unchanged = { op: "test", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion };
  return [unchanged, ...releases, ...restored, ...removals];
}

/** Whether a part of it is known in the update only. */
function holdsWithheld(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isWithheld(value);
  return Object.values(value).some(holdsWithheld);
}

/** Lists of which nothing would be left: many may not be empty, so they become what is declared at once. */
function emptiedLists(live: KubernetesObject, added: readonly Path[]): Path[] {
  const lists = added.filter((path) => /^[kvi]:/.test(path.at(-1)!)).map((path) => path.slice(0, -1));
  const each = [...new Map(lists.map((path) => [inWords(path), path])).values()];
  return each.filter((list) => {
    const items = list.reduce<unknown>(stepInto, live);
    const lost = lists.filter((path) => inWords(path) === inWords(list)).length;
    return Array.isArray(items) && items.length === lost;
  });
}

/** What marks an object and is not declared, such as the annotations of a Helm release. */
function isMark(path: Path, declared: KubernetesObject): boolean {
  return path[0] === "f:metadata" && path.reduce<unknown>(stepInto, declared) === undefined;
}

/** That there are labels, which nobody minds. */
const labels: Path = ["f:metadata", "f:labels", "."];

/** What a controller does goes on. */
const isOfNoController = (manager: string) => !/^(kube-|k8s)/.test(manager);

function beginsWith(path: Path, beginning: Path): boolean {
  return beginning.every((step, place) => path[place] === step);
}

function fieldsOf(paths: readonly Path[]): Fields {
  const fields: Record<string, Fields> = {};
  for (const path of paths)
    path.reduce<Record<string, Fields>>((at, step) => {
      at[step] ??= {};
      return at[step] as Record<string, Fields>;
    }, fields);
  return fields;
}

function pointer(live: KubernetesObject, path: Path): string {
  let at: unknown = live;
  return path
    .map((step) => {
      const name = Array.isArray(at) ? `${placeOf(at, step)}` : step.slice(2);
      at = stepInto(at, step);
      return `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    })
    .join("");
}
