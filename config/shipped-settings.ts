import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { editorSchema } from "./editor-schema";
import { type Schema, section, table } from "./markdown";
import type { SystemDefinitions } from "./stack";
import { OFF } from "./system";
import { isMapping } from "./values/scalar";

/** The stacks that Muster ships: the texts of their files, by the stack's name. */
export function shippedStackFiles(directory: string): StackFiles {
  const read = (stack: string) => readFileSync(join(directory, `Pulumi.${stack}.yaml`), "utf8");
  return Object.fromEntries(["dev", "staging", "prod"].map((stack) => [stack, read(stack)]));
}

type StackFiles = Readonly<Record<string, string>>;

/** A system's page with the table of what each stack's file sets between its two marks made anew. */
export function withShippedSettings(
  document: string,
  system: string,
  systems: SystemDefinitions,
  files: StackFiles,
): string {
  const { properties } = (editorSchema(systems).properties as Record<string, Schema>).config!;
  const schema = properties![`muster:${system}`]!.anyOf![0]!;
  const stacks = Object.keys(files);
  const columns = stacks.map((stack) => {
    const given = parse(files[stack]!).config?.[`muster:${system}`] ?? OFF;
    return new Map(given === OFF ? [] : settings(given, schema));
  });
  const keys = [...new Set(columns.flatMap((column) => [...column.keys()]))];
  const rows = keys.sort().map((key) => {
    const path = key.split(".");
    const values = columns.map((column) => column.get(key));
    return [`\`${key}\``, code(defaultOf(schema, path)), ...values.map(code)];
  });
  return section(document, table(["key", "default", ...stacks], rows));
}

/** Each key that is set, with its value: a mapping that can hold no further one is a value as a whole. */
function settings(given: object, schema?: Schema, above = ""): [key: string, value: unknown][] {
  return Object.entries(given).flatMap(([name, value]) => {
    const key = `${above}${name}`;
    const inner = schema?.properties?.[name];
    const deeper = isMapping(value) && Object.values(inner?.properties ?? {}).some((each) => each.properties);
    return deeper ? settings(value, inner, `${key}.`) : [[key, value] as [string, unknown]];
  });
}

function defaultOf(schema: Schema, [key, ...rest]: readonly string[]): unknown {
  if (key !== undefined) {
    const inner = schema.properties?.[key];
    return inner && defaultOf(inner, rest);
  }
  const defaults = Object.entries(schema.properties ?? {}).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return schema.properties
    ? defaults.length > 0
      ? Object.fromEntries(defaults)
      : undefined
    : schema.default;
}

function code(value: unknown): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.length === 0 ? "none" : value.map(code).join(", ");
  if (!isMapping(value)) return `\`${value}\``;
  const entries = Object.entries(value);
  return entries.length === 0
    ? "all defaults"
    : entries.map(([key, each]) => `${key} ${code(each)}`).join(", ");
}
