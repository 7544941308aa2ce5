import { isDeepStrictEqual } from "node:util";
import { formatPath, type Path } from "./path";
import { HIDDEN } from "./secret-looking";
import { show } from "./show";
import { isMapping } from "./values/scalar";

/** What is another between two configs, at the deepest path; undefined stands for nothing there. */
export interface Change {
  readonly path: Path;
  readonly before?: unknown;
  readonly after?: unknown;
}

type Values = Readonly<Record<string, string>>;

/** Between two configs as `pulumi.runtime.allConfig()` gives them. */
export function changesBetween(before: Values, after: Values): Change[] {
  const read = (values: Values) =>
    Object.fromEntries(Object.entries(values).map(([key, text]) => [key, valueIn(text)]));
  return changes(read(before), read(after), []);
}

function changes(before: unknown, after: unknown, path: Path): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (!isMapping(before) || !isMapping(after)) return [{ path, before, after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changes(before[key], after[key], [...path, key]));
}

function valueIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** In the namespace of a system there are secrets alone, even where one was once not set as such. */
function isSecret([key]: Path): boolean {
  return /^(?!muster:|pulumi:|kubernetes:)[^:]+:/.test(String(key));
}

export function changeInWords({ path, before, after }: Change): string {
  const shown = (value: unknown) => (isSecret(path) ? HIDDEN : show(value));
  if (before === undefined) return `${formatPath(path)}: ${shown(after)} is new`;
  if (after === undefined) return `${formatPath(path)}: ${shown(before)} is gone`;
  return `${formatPath(path)}: ${shown(before)} → ${shown(after)}`;
}
