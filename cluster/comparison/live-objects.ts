import { KubernetesError, type KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import type { DeclaredObject } from "./declared-objects";

export interface Unchecked {
  readonly what: string;
  readonly because: string;
}

/** What the cluster has under the names of the declared objects. */
export interface LiveObjects {
  /** Null where there is none; undefined where its user may not look. */
  readonly of: (object: DeclaredObject) => KubernetesObject | null | undefined;
  readonly unchecked: readonly Unchecked[];
}

/** Reads one list for each kind in a namespace; of what is in no namespace, the object itself. */
export async function liveObjects(
  declared: readonly DeclaredObject[],
  { api, kinds }: Pick<ReachedCluster, "api" | "kinds">,
): Promise<LiveObjects> {
  const placeOf = ({ manifest: { apiVersion, kind, metadata } }: DeclaredObject) => {
    const collection = kinds.collection({ apiVersion, kind, namespace: metadata.namespace });
    return metadata.namespace ? collection : collection && `${collection}/${metadata.name}`;
  };
  const unchecked: Unchecked[] = [];
  const read = async (place: string | undefined, { apiVersion, kind, metadata }: KubernetesObject) => {
    // A cluster without the kind has no object of it.
    if (place === undefined) return [];
    try {
      const items = metadata.namespace ? await api.list(place) : [await api.find(place)];
      return items.flatMap((item) => item ?? []).map((item) => ({ ...item, apiVersion, kind }));
    } catch (error) {
      if (!(error instanceof KubernetesError) || error.status !== 403) throw error;
      const where = metadata.namespace ? `s in namespace ${metadata.namespace}` : ` ${metadata.name}`;
      unchecked.push({ what: `${kind}${where}`, because: error.message });
      return undefined;
    }
  };
  const places = new Map(declared.map((object) => [placeOf(object), object.manifest]));
  const lists = await Promise.all(
    [...places].map(async ([place, manifest]) => [place, await read(place, manifest)] as const),
  );
  const byPlace = new Map(lists);
  return {
    unchecked,
    of: (object) => {
      const { name } = object.manifest.metadata;
      const all = byPlace.get(placeOf(object));
      return all && (all.find(({ metadata }) => metadata.name === name) ?? null);
    },
  };
}
