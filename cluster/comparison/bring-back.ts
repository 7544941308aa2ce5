import * as pulumi from "@pulumi/pulumi";
import { KubernetesError, type KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { pathOf } from "../kinds";
import type { Comparison } from "./compare";
import { resourceKey } from "./declared-objects";
import { type Difference, differencesOf } from "./differences";
import { type Fields, leaves, ownership, type Path, placeOf, stepInto } from "./managed-fields";

/**
 * Lets Pulumi bring back what it takes for unchanged, in its order and with its waiting: what is gone is made again,
 * what others changed is updated. It has to see a change once and never again, so it is shown a field that the API
 * server drops: `selfLink`, which is out of use.
 */
export function bringBack(
  { gone, drifted }: Pick<Comparison, "gone" | "drifted">,
  cluster: ReachedCluster,
): pulumi.ResourceTransformation {
  const again = new Set(gone.map(({ resource }) => resource));
  const changed = new Map(
    drifted
      .filter(({ differences }) => differences.length > 0)
      .map(({ object }) => [object.resource, object.manifest]),
  );
  const release = new pulumi.ResourceHook("taken-back", ({ type, name }) =>
    releaseFields(changed.get(resourceKey(type, name))!, cluster),
  );
  return ({ type, name, props, opts }) => {
    const key = resourceKey(type, name);
    if (again.has(key))
      return {
        props: withMetadata(props, { selfLink: "gone" }),
        opts: { ...opts, replaceOnChanges: ["metadata.selfLink"] },
      };
    if (!changed.has(key)) return undefined;
    const { annotations } = props.metadata;
    // The hook is not run for a preview, which changes nothing and so is not kept either.
    const forced = { annotations: { ...annotations, "pulumi.com/patchForce": "true" } };
    const { hooks } = opts as pulumi.CustomResourceOptions;
    return {
      props: withMetadata(props, { selfLink: "changed", ...(pulumi.runtime.isDryRun() && forced) }),
      opts: { ...opts, hooks: { ...hooks, beforeUpdate: [release, ...(hooks?.beforeUpdate ?? [])] } },
    };
  };
}

function withMetadata(props: pulumi.Inputs, metadata: object): pulumi.Inputs {
  return { ...props, metadata: { ...props.metadata, ...metadata } };
}

/** Takes away what others added to an object, and the fields that they own where others are declared. */
async function releaseFields(declared: KubernetesObject, { api, kinds }: ReachedCluster): Promise<void> {
  const path = pathOf(kinds, declared)!;
  for (let tries = 5; ; tries--) {
    const live = { ...(await api.get(path)), kind: declared.kind };
    const steps = releasing(
      live,
      differencesOf(declared, live).filter(({ isOwn }) => !isOwn),
    );
    try {
      if (steps.length > 0) await api.edit(path, steps);
      return;
    } catch (error) {
      // 422: it has changed meanwhile, and is not what was looked at.
      if (!(error instanceof KubernetesError) || error.status !== 422 || tries === 1) throw error;
    }
  }
}

/** The steps of a JSON patch. */
function releasing(live: KubernetesObject, differences: readonly Difference[]): object[] {
  const added = differences.filter(({ declared }) => declared === undefined).map(({ path }) => path);
  const taken = differences.filter(({ declared }) => declared !== undefined).map(({ path }) => path);
  const removals = added
    .map((path) => pointer(live, path))
    // From the end of a list to its beginning: what is removed moves what stands behind it.
    .sort((one, other) => other.localeCompare(one, "en", { numeric: true }))
    .map((path) => ({ op: "remove", path }));
  const releases = ownership(live).others.flatMap(({ index, fields }) => {
    const kept = leaves(fields).filter((leaf) => !taken.some((path) => beginsWith(leaf, path)));
    if (kept.length === leaves(fields).length) return [];
    return [{ op: "replace", path: `/metadata/managedFields/${index}/fieldsV1`, value: fieldsOf(kept) }];
  });
  if (removals.length + releases.length === 0) return [];
  const unchanged = { op: "test", path: "/metadata/resourceVersion", value: live.metadata.resourceVersion };
  return [unchanged, ...releases, ...removals];
}

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
