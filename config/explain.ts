import type { z } from "zod";
import type { Finding } from "./issue";
import { formatPath, type Path, valueAt } from "./path";
import { HIDDEN, namesSecret } from "./secret-looking";
import { show } from "./show";
import type { Contradiction } from "./values/contradiction";
import { nearest } from "./values/scalar";

/** A value, where it stands, and what it was parsed with. */
interface Parsed {
  readonly schema: z.ZodType;
  readonly at: Path;
  readonly value: unknown;
  /** Keys that it may have beside those of the schema. Default: none. */
  readonly beside?: readonly string[];
}

/** zod's issues with a value in Muster's words, each with what was found there. */
export function explain(
  issues: readonly z.core.$ZodIssue[],
  { schema, at, value, beside = [] }: Parsed,
): Finding[] {
  return issues.flatMap((issue) => {
    const path: Path = [...at, ...(issue.path as Path)];
    const found = valueAt(value, issue.path as Path);
    const known = [...keysAt(schema, issue.path as Path), ...(issue.path.length === 0 ? beside : [])];
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((unknown) => unknownKey([...path, unknown], known));
    if (issue.code === "custom") return checkFailed(issue, path, found);
    const kind = issue.code === "invalid_type" && issue.expected === "array" ? "a list" : "a mapping";
    return {
      path,
      message: found === undefined ? "It is missing." : `${shown(found, path)} is not ${kind}.`,
      accepts: accepted(kind, known),
    };
  });
}

/** A key that means nothing where it stands. */
export function unknownKey(path: Path, known: readonly string[]): Finding {
  const key = String(path.at(-1));
  const near = nearest(key, known);
  const hint = near === undefined ? "" : `; the nearest is ${near}`;
  return {
    path,
    message: `${show(key)} is not a key that is known here${hint}.`,
    accepts: known.join(", ") || undefined,
  };
}

function checkFailed(issue: z.core.$ZodIssueCustom, path: Path, found: unknown): Finding {
  const {
    input = found,
    beside = [],
    depth = 0,
    oneOf,
    accepts = oneOf && `one of ${oneOf.map((key) => formatPath([...path, key])).join(", ")}`,
  } = (issue.params ?? {}) as Partial<Contradiction> & { depth?: number; oneOf?: readonly string[] };
  if (input === undefined) return { path, message: "It is missing.", accepts };
  const at = path.slice(0, path.length - depth);
  const besides = (typeof beside[0] === "string" ? [beside] : beside) as readonly Path[];
  const others = besides.map((each) => formatPath([...at, ...each])).join(", ");
  const other = others && ` (${others})`;
  return { path, message: `${shown(input, path)} ${issue.message}${other}.`, accepts };
}

/** A value at its path; not one whose key says that it is a secret, or that stands where a secret may be taken to belong. */
function shown(value: unknown, path: Path): string {
  if (typeof value !== "string") return show(value);
  const ofSecrets = path.length === 4 && path[1] === "secrets" && path[2] === "keys";
  return ofSecrets || namesSecret(String(path.at(-1))) ? HIDDEN : show(value);
}

function accepted(kind: string, keys: readonly string[]): string {
  return keys.length > 0 ? `${kind} with the keys ${keys.join(", ")}` : kind;
}

interface Definition {
  readonly type: string;
  readonly in?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
}

/** The keys that a schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: Path): readonly string[] {
  const [step, ...rest] = path;
  const { def } = schema._zod as unknown as { def: Definition };
  if (def.type === "pipe") return keysAt(def.in!, path);
  if (def.innerType) return keysAt(def.innerType, path);
  if (def.element) return step === undefined ? [] : keysAt(def.element, rest);
  if (!def.shape) return [];
  if (step === undefined) return Object.keys(def.shape);
  return Object.hasOwn(def.shape, step) ? keysAt(def.shape[step]!, rest) : [];
}
