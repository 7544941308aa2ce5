import { distance } from "fastest-levenshtein";
import { z } from "zod";

/** A kind of text that config holds: what it is called, how it looks, and what is wrong with one that is not. */
export interface Grammar {
  /** With its article, as in "a CPU quantity". */
  readonly name: string;
  /** What makes one: "letters, digits and _". */
  readonly rule?: string;
  /** As in "250m, 0.5 or 2". */
  readonly example: string;
  /** Its outward form, the part that an editor can check. */
  readonly pattern: RegExp;
  /** What is wrong with a text that has this form, as in "is finer than 1m"; undefined where nothing is. */
  readonly check?: (text: string) => string | undefined;
  /** What is wrong with a text that lacks this form, where that can be said better than "is not <name>". */
  readonly hint?: (text: string) => string | undefined;
  /** In characters. Default: 1024. */
  readonly longest?: number;
  /** Numbers of YAML that are taken as well, as in `cpu: 1`; between bounds that JavaScript writes without an exponent. */
  readonly numbers?: Numbers;
}

interface Numbers {
  readonly type: "integer" | "number";
  readonly minimum: number;
  readonly maximum: number;
}

type JsonSchema = Readonly<Record<string, unknown>>;

/** A scalar whose every error is in Muster's words: zod sees a value of any type, `check` says what is wrong. */
export function scalar<Input>(
  accepts: string,
  jsonSchema: JsonSchema,
  check: (value: unknown) => string | undefined,
): z.ZodType<Input, Input> {
  return z
    .custom<Input>()
    .superRefine((value, context) => {
      const problem = check(value);
      if (problem) context.addIssue({ code: "custom", message: problem, params: { accepts } });
    })
    .meta(jsonSchema);
}

/** What is wrong with a text by its grammar; undefined where nothing is. */
export function problemOf(grammar: Grammar, text: string): string | undefined {
  if (text === "" && !grammar.pattern.test("")) return "is empty";
  const longest = longestOf(grammar);
  if (text.length > longest) return `has ${text.length} characters, more than ${longest}`;
  if (!grammar.pattern.test(text)) return grammar.hint?.(text) ?? `is not ${grammar.name}`;
  return grammar.check?.(text);
}

function problemOfValue(grammar: Grammar, value: unknown): string | undefined {
  if (typeof value === "string") return problemOf(grammar, value);
  if (typeof value !== "number" && typeof value !== "boolean") return `is not ${grammar.name}`;
  if (grammar.numbers && typeof value === "number") return problemOfNumber(grammar, grammar.numbers, value);
  return problemOf(grammar, String(value)) ?? `is a ${typeof value}, not text: put it in quotes`;
}

function problemOfNumber(
  grammar: Grammar,
  { type, minimum, maximum }: Numbers,
  value: number,
): string | undefined {
  const problem = problemOf(grammar, String(value));
  if (problem) return problem;
  if (type === "integer" && !Number.isInteger(value)) return "is not a whole number";
  if (value < minimum) return `is less than ${minimum}`;
  return value > maximum ? `is more than ${maximum}` : undefined;
}

function longestOf({ longest = 1024 }: Grammar): number {
  return longest;
}

/** What an editor can check of a text. */
function textSchema(grammar: Grammar): JsonSchema {
  return {
    type: "string",
    pattern: grammar.pattern.source,
    patternErrorMessage: `Not ${accepts(grammar)}.`,
    maxLength: longestOf(grammar),
  };
}

function accepts({ name, rule, example }: Grammar): string {
  return `${rule ? `${name} (${rule})` : name}, such as ${example}`;
}

export function text(grammar: Grammar) {
  const { type, ...bounds } = grammar.numbers ?? {};
  const numbers = type ? { type: ["string", type], ...bounds } : {};
  return scalar<string>(accepts(grammar), { ...textSchema(grammar), ...numbers }, (value) =>
    problemOfValue(grammar, value),
  );
}

/** Text that may also be written as a number; it is text from here on. */
export function textOrNumber(grammar: Grammar & { readonly numbers: Numbers }) {
  return (text(grammar) as z.ZodType<string | number, string | number>).transform(String);
}

export function integer({ min, max, unit = "" }: { min: number; max: number; unit?: string }) {
  const name = `a whole number${unit ? ` of ${unit}` : ""} from ${min} to ${max}`;
  return scalar<number>(name, { type: "integer", minimum: min, maximum: max }, (value) => {
    if (typeof value === "string" && /^-?\d+$/.test(value))
      return "is text, not a number: take the quotes off";
    if (typeof value !== "number" || !Number.isInteger(value)) return "is not a whole number";
    if (value < min) return `is less than ${min}`;
    if (value > max) return `is more than ${max}`;
    return undefined;
  });
}

export function oneOf<const T extends string>(values: readonly T[]) {
  const names = values.join(", ");
  return scalar<T>(`one of ${names}`, { type: "string", enum: values }, (value) =>
    values.some((each) => each === value) ? undefined : `is none of these${nearestHint(value, values)}`,
  );
}

export function flag() {
  return scalar<boolean>("true or false", { type: "boolean" }, (value) =>
    typeof value === "boolean" ? undefined : "is neither true nor false",
  );
}

/** The entries of a mapping whose keys are the operator's own, such as annotations: of `mostBytes` in all. */
export function entries(key: Grammar, value: Grammar, mostBytes?: number) {
  return z
    .custom<Record<string, string>>()
    .superRefine((mapping, context) => {
      const issue = (message: string, grammar: Grammar | undefined, path: string[], input?: unknown) =>
        context.addIssue({
          code: "custom",
          message,
          path,
          params: { accepts: grammar && accepts(grammar), input },
        });
      if (!isMapping(mapping)) return issue("is not a mapping", undefined, [], mapping);
      for (const [name, text] of Object.entries(mapping)) {
        const keyProblem = problemOf(key, name);
        if (keyProblem) issue(`${keyProblem} (it stands where a key does)`, key, [name], name);
        const valueProblem = problemOfValue(value, text);
        if (valueProblem) issue(valueProblem, value, [name], text);
      }
      const bytes = Buffer.byteLength(Object.entries(mapping).flat().join(""));
      if (mostBytes && bytes > mostBytes)
        issue(`holds ${bytes} bytes, more than ${mostBytes}`, undefined, [], mapping);
    })
    .meta({
      type: "object",
      propertyNames: textSchema(key),
      additionalProperties: textSchema(value),
    });
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The name among `names` that was most likely meant by `name`; undefined where none is near. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((each) => ({ each, away: distance(each.toLowerCase(), name.slice(0, 100).toLowerCase()) }))
    .sort((a, b) => a.away - b.away);
  return ranked[0]?.each;
}

function nearestHint(value: unknown, values: readonly string[]): string {
  return typeof value === "string" && value ? `; the nearest is ${nearest(value, values)}` : "";
}
