import { closest, distance } from "fastest-levenshtein";

/** What is wrong with a declaration, and where. */
export interface Finding {
  /** As in code, from the workload on: `web.readiness.port`. */
  readonly path: string;
  /** What is wrong, in a sentence. */
  readonly message: string;
  /** What would be right. */
  readonly accepts?: string;
}

/** A name that means nothing where it stands, with the nearest that does. */
export function unknownName(path: string, name: string, what: string, known: readonly string[]): Finding {
  const nearest: string | undefined = closest(name, [...known]);
  // A word that shares less than half of its letters is no help.
  const isNear = nearest !== undefined && distance(name, nearest) <= name.length / 2;
  const hint = isNear ? `; the nearest is ${nearest}` : "";
  return { path, message: `"${name}" is not ${what}${hint}.`, accepts: known.join(", ") || undefined };
}
