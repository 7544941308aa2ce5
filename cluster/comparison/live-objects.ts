import { KubernetesError, type KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import type { DeclaredObject } from "./declared-objects";

export interface Unchecked {
  /** `Secrets` of a namespace, or one thing. */
  readonly what: string;
  readonly namespace?: string;
  readonly because: string;
}

/** All objects of a kind, in a namespace or in the whole cluster; or one of no namespace, by its name. */
export interface Place {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What the cluster has of the names of the declared objects. */
export interface LiveObjects {
  /** Null where there is none; undefined where its user may not look. */
  readonly of: (object: DeclaredObject) => KubernetesObject | null | undefined;
  /** What is in one of the further places. */
  readonly all: (place: Place) => readonly KubernetesObject[];
  readonly unchecked: readonly Unchecked[];
}

/** Reads one list for each kind in a namespace, and for further places; of what is in no namespace, the object itself. */
export async function liveObjects(
  declared: readonly DeclaredObject[],
  further: readonly Place[],
  { api, kinds }: Pick<ReachedCluster, "api" | "kinds">,
): Promise<LiveObjects> {
  const pathOf = (place: Place) => {
    const collection = kinds.collection(place);
    return place.name ? collection && `${collection}/${place.name}` : collection;
  };
  const own = declared.map(placeOf);
  const isOwn = (path: string) => own.some((place) => pathOf(place) === path);
  const read = async (path: string | undefined, { apiVersion, kind, namespace, name }: Place) => {
    // A cluster without the kind has no object of it.
    if (path === undefined) return { items: [] };
    try {
      const found = name ? [await api.find(path)] : await api.list(path);
      return { items: found.flatMap((item) => item ?? []).map((item) => ({ ...item, apiVersion, kind })) };
    } catch (error) {
      const isRefused = error instanceof KubernetesError && error.status === 403;
      // What others may have there is said where it can be.
      if (!isRefused && isOwn(path)) throw error;
      const what = name ? `${kind} ${name}` : `${kind}s`;
      return { unchecked: { what, namespace, because: (error as Error).message } };
    }
  };
  const places = new Map([...own, ...further].map((place) => [pathOf(place), place]));
  const lists = await Promise.all(
    [...places].map(async ([path, place]) => [path, await read(path, place)] as const),
  );
  const byPath = new Map(lists);
  return {
    // In the order of what is declared, whoever answered first.
    unchecked: lists.flatMap(([, { unchecked }]) => unchecked ?? []),
    all: (place) => byPath.get(pathOf(place))?.items ?? [],
    of: (object) => {
      const { name } = object.manifest.metadata;
      const all = byPath.get(pathOf(placeOf(object)))?.items;
      return all && (all.find(({ metadata }) => metadata.name === name) ?? null);
    },
  };
}

function placeOf({ manifest: { apiVersion, kind, metadata } }: DeclaredObject): Place {
  const { namespace, name } = metadata;
  return namespace ? { apiVersion, kind, namespace } : { apiVersion, kind, name };
}
