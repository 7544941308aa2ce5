import { isDeepStrictEqual } from "node:util";
import { formatPath, type Path } from "./path";
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

export function changeInWords({ path, before, after }: Change): string {
  if (before === undefined) return `${formatPath(path)}: ${show(after)} is new`;
  if (after === undefined) return `${formatPath(path)}: ${show(before)} is gone`;
  return `${formatPath(path)}: ${show(before)} → ${show(after)}`;
}
