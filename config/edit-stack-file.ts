import { isDeepStrictEqual } from "node:util";
import { isMap, isScalar, type Node, type Pair, parse, parseDocument, stringify, type YAMLMap } from "yaml";
import type { Path } from "./path";

/** The file is written in a way that no program can edit safely: a person has to. */
export class NotEditable extends Error {}

/** What is to stand at a path of a stack's config; undefined: nothing. */
export interface Edit {
  readonly path: Path;
  readonly value: unknown;
}

/**
 * A stack's file with other values, and otherwise as it was: comments, order, blank lines, quotes. It is the text that
 * is edited, since a YAML library that writes a file anew writes all of it in its own way.
 */
export function editedStackFile(text: string, edits: readonly Edit[]): string {
  return edits.reduce(edited, text);
}

function edited(text: string, { path, value }: Edit): string {
  const parsed = parseDocument(text, { logLevel: "silent" });
  if (parsed.errors.length > 0)
    throw new NotEditable(`The stack's file is not YAML: ${parsed.errors[0]!.message}`);
  const config = parsed.get("config", true);
  const result = isMap<Node, Node | null>(config)
    ? edit(text, config, path, value)
    : `${text.trimEnd()}\nconfig: ${flow(nested(path, value))}\n`.trimStart();
  // An anchor or a merge key makes one place hold for another: then the edit would change more than was asked.
  const [wanted, got] = [
    withValue(parse(text, { merge: true }), path, value),
    parse(result, { merge: true }),
  ];
  if (isDeepStrictEqual(wanted, got)) return result;
  throw new NotEditable(
    `${path.join(".")} cannot be edited by itself, as the file is written: edit it by hand.`,
  );
}

type Block = YAMLMap<Node, Node | null>;

function edit(text: string, map: Block, [step, ...rest]: Path, value: unknown): string {
  const index = map.items.findIndex(({ key }) => isNamed(key, String(step)));
  const pair = map.items[index];
  if (pair === undefined)
    return value === undefined ? text : withPair(text, map, String(step), nested(rest, value));
  if (rest.length > 0 && isMap<Node, Node | null>(pair.value) && pair.value.items.length > 0)
    return edit(text, pair.value, rest, value);
  if (value === undefined) return rest.length > 0 ? text : withoutPair(text, map, index);
  return withPairValue(text, map, pair, nested(rest, value));
}

/** Pulumi lets a key of the project's own namespace stand without it: `agentsmith:` for `muster:agentsmith:`. */
function isNamed(key: Node, step: string): boolean {
  return isScalar(key) && [step, step.replace(/^muster:/, "")].includes(String(key.value));
}

function withPairValue(
  text: string,
  map: Block,
  { key, value: node }: Pair<Node, Node | null>,
  value: unknown,
): string {
  const colon = text.indexOf(":", key.range![1]) + 1;
  const isEmpty = !node || node.range![0] === node.range![1];
  if (isEmpty) return splice(text, colon, colon, ` ${flow(value)}`);
  const [from, to] = node.range!;
  const isBlock = isMap(node) ? !node.flow : text.slice(from, to).includes("\n");
  if (!isBlock) return splice(text, from, to, flow(value));
  // A block ends with its last line that holds something.
  const end = text.slice(from, to).trimEnd().length + from;
  return splice(text, colon, map.flow ? to : end, ` ${flow(value)}`);
}

function withPair(text: string, map: Block, key: string, value: unknown): string {
  const written = `${stringify(key).trim()}: ${flow(value)}`;
  const last = map.items.at(-1);
  if (map.flow) {
    if (!last) return splice(text, map.range![0], map.range![1], `{ ${written} }`);
    const end = (last.value ?? last.key).range![1];
    return splice(text, end, end, `, ${written}`);
  }
  const start = map.items[0]!.key.range![0];
  const indent = start - (text.lastIndexOf("\n", start - 1) + 1);
  const end = lineEnd(text, endOf(text, last!));
  return splice(text, end, end, `\n${" ".repeat(indent)}${written}`);
}

function withoutPair(text: string, map: Block, index: number): string {
  const pair = map.items[index]!;
  const [before, after] = [map.items[index - 1], map.items[index + 1]];
  if (!before && !after) {
    const start = map.range![0];
    if (map.flow) return splice(text, start, map.range![1], "{}");
    const colon = text.lastIndexOf(":", start) + 1;
    return splice(text, colon, lineEnd(text, endOf(text, pair)), " {}");
  }
  if (map.flow) {
    if (before) return splice(text, endOf(text, before), endOf(text, pair), "");
    return splice(text, pair.key.range![0], after!.key.range![0], "");
  }
  const from = text.lastIndexOf("\n", pair.key.range![0] - 1) + 1;
  return splice(text, from, lineEnd(text, endOf(text, pair)) + 1, "");
}

/** Where a pair ends, without the comments and blank lines after it. */
function endOf(text: string, { key, value }: Pair<Node, Node | null>): number {
  if (isMap<Node, Node | null>(value) && !value.flow && value.items.length > 0)
    return endOf(text, value.items.at(-1)!);
  const [from, to] = (value ?? key).range!;
  return from + text.slice(from, to).trimEnd().length;
}

function lineEnd(text: string, position: number): number {
  const end = text.indexOf("\n", position);
  return end < 0 ? text.length : end;
}

function splice(text: string, from: number, to: number, put: string): string {
  return text.slice(0, from) + put + text.slice(to);
}

/** In one line. */
function flow(value: unknown): string {
  const options = {
    collectionStyle: "flow",
    lineWidth: 0,
    flowCollectionPadding: true,
    blockQuote: false,
  } as const;
  return stringify(value, options).trim();
}

function nested(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>((inner, step) => ({ [step]: inner }), value);
}

function withValue(file: unknown, path: Path, value: unknown): unknown {
  // A copy: what an anchor shares would be edited in all its places.
  const document = JSON.parse(JSON.stringify(file ?? {})) as { config?: Record<string, unknown> | null };
  document.config ??= {};
  const [first, ...rest] = path;
  const named = [String(first), String(first).replace(/^muster:/, "")].find((key) => key in document.config!);
  const steps = [named ?? String(first), ...rest.map(String)];
  let at = document.config;
  for (const step of steps.slice(0, -1)) {
    const there = at[step];
    if (typeof there !== "object" || there === null) {
      if (value === undefined) return document;
      at[step] = {};
    }
    at = at[step] as Record<string, unknown>;
  }
  if (value === undefined) delete at[steps.at(-1)!];
  else at[steps.at(-1)!] = value;
  return document;
}
