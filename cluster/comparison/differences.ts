import { isWithheld } from "../../components/declared-resource";
import type { KubernetesObject } from "../api-server";
import { isAsDeclared } from "./as-declared";
import { isByDesign } from "./by-design";
import {
  type Fields,
  fieldsAt,
  inWords,
  isRecord,
  leaves,
  type Manager,
  type Owned,
  ownership,
  type Path,
  placeOf,
  stepInto,
} from "./managed-fields";

/** A field of a live object that is not as declared. */
export interface Difference {
  readonly path: Path;
  /** Undefined where nothing is declared: others added it. */
  readonly declared: unknown;
  /** Undefined where it is gone. */
  readonly live: unknown;
  /** Who wrote what is there. */
  readonly by: readonly Manager[];
  /** Whether it is Muster's own all the same: this update changes it, or the cluster rewrites what it is given. */
  readonly isOwn: boolean;
}

/**
 * How a live object differs from what is declared, as far as the object itself tells. The API server notes who wrote a
 * field last, so what others set or added shows by whose it is, and what they removed by its absence.
 */
export function differencesOf(declared: KubernetesObject, live: KubernetesObject): Difference[] {
  const { own, others } = ownership(live);
  const found = new Map<string, Difference>();
  for (const owned of others)
    for (const leaf of leaves(owned.fields)) {
      const written = writtenBy(owned, leaf, declared, live, own);
      if (!written) continue;
      const before = found.get(inWords(written.path));
      found.set(inWords(written.path), {
        ...written,
        by: [...(before?.by ?? []), ...written.by].filter(isFirst),
      });
    }
  const missed = lacking(declared, live, own ?? {}, []).filter(
    ({ path }) => !path.some((_, place) => found.has(inWords(path.slice(0, place + 1)))),
  );
  return [...found.values(), ...missed];
}

/** What another manager set or added at a path; undefined where it is as declared, or by design. */
function writtenBy(
  { manager }: Owned,
  path: Path,
  declared: KubernetesObject,
  live: KubernetesObject,
  own: Fields | undefined,
): Difference | undefined {
  let [here, there]: [unknown, unknown] = [declared, live];
  for (const [place, step] of path.entries()) {
    [here, there] = [stepInto(here, step), stepInto(there, step)];
    const way = path.slice(0, place + 1);
    // Marks are looked at one by one.
    const isMarks = /^f:(labels|annotations)$/.test(step) && place < path.length - 1;
    if (here === undefined && !isMarks) {
      if (there === undefined || isByDesign(live, way, manager.name, declared)) return undefined;
      return { path: way, declared: undefined, live: there, by: [manager], isOwn: false };
    }
  }
  if (path.at(-1) === ".") return undefined;
  // Of what is not told, only whose it is says whether it is what was applied.
  const isUntouched = isWithheld(here) ? own && fieldsAt(own, path) : isAsDeclared(here, there, path);
  if (isUntouched) return undefined;
  return { path, declared: here, live: there, by: [manager], isOwn: false };
}

/** What is declared and not there, or there with another value. */
export function lacking(declared: unknown, live: unknown, own: Fields | undefined, path: Path): Difference[] {
  if (isAsDeclared(declared, live, path)) return [];
  if (isRecord(declared) && isRecord(live))
    return Object.keys(declared).flatMap((key) => {
      const step = `f:${key}`;
      return lacking(declared[key], live[key], within(own, step, path), [...path, step]);
    });
  if (Array.isArray(declared) && Array.isArray(live)) return lackingItems(declared, live, own, path);
  return [{ path, declared, live, by: [], isOwn: own !== undefined }];
}

/** Items of a list, found by the keys that the API server knows them by; by their place where it tells none. */
function lackingItems(
  declared: readonly unknown[],
  live: readonly unknown[],
  own: Fields | undefined,
  path: Path,
): Difference[] {
  const keyed = Object.keys(own ?? {}).filter((step) => /^[kv]:/.test(step));
  return declared.flatMap((item, place) => {
    const step = keyed.find((each) => placeOf([item], each) === 0) ?? stepTo(item, place);
    return lacking(item, stepInto(live, step), within(own, step, path), [...path, step]);
  });
}

/** What is owned behind a step: all of it, where the whole before it is owned as one. */
function within(own: Fields | undefined, step: string, path: Path): Fields | undefined {
  const isWhole = own !== undefined && Object.keys(own).length === 0 && path.length > 0;
  return isWhole ? own : own?.[step];
}

/** Nearly every list of named items has the name as its key. */
function stepTo(item: unknown, place: number): string {
  return isRecord(item) && typeof item.name === "string"
    ? `k:${JSON.stringify({ name: item.name })}`
    : `i:${place}`;
}

function isFirst(manager: Manager, place: number, all: readonly Manager[]): boolean {
  return all.findIndex(({ name }) => name === manager.name) === place;
}
