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

/** Reads places of a cluster, each once. */
export class LiveReader {
  private readonly places = new Map<string, Promise<Read>>();

  constructor(private readonly cluster: Pick<ReachedCluster, "api" | "kinds">) {}

  /** Undefined where the cluster does not have the kind. */
  pathOf(place: Place): string | undefined {
    const collection = this.cluster.kinds.collection(place);
    return place.name ? collection && `${collection}/${place.name}` : collection;
  }

  read(place: Place): Promise<Read> {
    const path = this.pathOf(place);
    // A cluster without the kind has no object of it.
    if (path === undefined) return nothing;
    const before = this.places.get(path);
    if (before) return before;
    const reading = this.ask(path, place);
    this.places.set(path, reading);
    return reading;
  }

  private async ask(path: string, { apiVersion, kind, namespace, name }: Place): Promise<Read> {
    const { api } = this.cluster;
    try {
      const found = name ? [await api.find(path)] : await api.list(path);
      return { items: found.flatMap((item) => item ?? []).map((item) => ({ ...item, apiVersion, kind })) };
    } catch (error) {
      const what = name ? `${kind} ${name}` : `${kind}s`;
      const unchecked = { what, namespace, because: (error as Error).message };
      return {
        unchecked,
        failure: error instanceof KubernetesError && error.status === 403 ? undefined : error,
      };
    }
  }
}

interface Read {
  /** Left out where it could not be read. */
  readonly items?: readonly KubernetesObject[];
  readonly unchecked?: Unchecked;
  /** Why it could not, other than that its user may not. */
  readonly failure?: unknown;
}

const nothing: Promise<Read> = Promise.resolve({ items: [] });

/** The live object of a declared one: null where there is none, undefined where its user may not look. */
export async function liveObject(
  object: DeclaredObject,
  reader: LiveReader,
): Promise<KubernetesObject | null | undefined> {
  return named(object, await reader.read(placeOf(object)));
}

function named({ manifest }: DeclaredObject, { items }: Read): KubernetesObject | null | undefined {
  return items && (items.find(({ metadata }) => metadata.name === manifest.metadata.name) ?? null);
}

/** Reads one list for each kind in a namespace, and for further places; of what is in no namespace, the object itself. */
export async function liveObjects(
  declared: readonly DeclaredObject[],
  further: readonly Place[],
  reader: LiveReader,
): Promise<LiveObjects> {
  const own = new Map(declared.map(placeOf).map((place) => [reader.pathOf(place), place]));
  const all = new Map([...own, ...further.map((place) => [reader.pathOf(place), place] as const)]);
  const read = new Map(
    await Promise.all([...all].map(async ([path, place]) => [path, await reader.read(place)] as const)),
  );
  for (const path of own.keys()) {
    const { failure } = read.get(path)!;
    // What others may have elsewhere is said where it can be.
    if (failure !== undefined) throw failure;
  }
  return {
    // In the order of what is declared, whoever answered first.
    unchecked: [...read.values()].flatMap(({ unchecked }) => unchecked ?? []),
    all: (place) => read.get(reader.pathOf(place))?.items ?? [],
    of: (object) => named(object, read.get(reader.pathOf(placeOf(object))) ?? {}),
  };
}

function placeOf({ manifest: { apiVersion, kind, metadata } }: DeclaredObject): Place {
  const { namespace, name } = metadata;
  return namespace ? { apiVersion, kind, namespace } : { apiVersion, kind, name };
}
