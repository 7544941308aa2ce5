import { editorSchema } from "./editor-schema";
import { type Schema, section, table } from "./markdown";
import type { SystemDefinitions } from "./stack";
import type { SystemDefinition } from "./system";

/** docs/config.md with the table of every key between its two marks made anew. */
export function withReference(document: string, systems: SystemDefinitions): string {
  return section(document, reference(systems));
}

/** README.md with the table of systems between its two marks made anew. */
export function withSystems(document: string, systems: SystemDefinitions): string {
  const rows = Object.entries(systems).map(([name, { description }]) => {
    const page = `docs/systems/${name}.md`;
    return [name, description.replace(`${name}: `, "").replace(/\.$/, ""), `[${page}](${page})`];
  });
  return section(document, table(["system", "what runs", "page"], rows));
}

/** Every key of a stack's config, in tables of Markdown. */
function reference(systems: SystemDefinitions): string {
  const { properties } = (editorSchema(systems).properties as Record<string, Schema>).config!;
  const keys = Object.entries(properties!).filter(([key]) => key.startsWith("muster:"));
  const settings = keys.map(
    ([key, schema]) => `### ${key}\n\n${schema.description}\n\n${settingsTable(schema)}`,
  );
  const secrets = Object.entries(systems).map(
    ([name, definition]) => `### Secrets of ${name}\n\n${secretsTable(name, definition)}`,
  );
  return [...settings, ...secrets].join("\n");
}

function settingsTable(schema: Schema): string {
  const mapping = schema.anyOf?.[0] ?? schema;
  const rows = keysOf(mapping).map(([key, each]) => [
    `\`${key}\``,
    each.description,
    usually(each),
    accepted(each),
  ]);
  return table(["key", "what it is", "default", "accepted"], rows);
}

function secretsTable(system: string, { secrets }: SystemDefinition): string {
  const rows = Object.entries(secrets).map(([key, { description, required, neededBy, when, ownServer }]) => [
    `\`${system}:${key}\``,
    description,
    [
      ...(ownServer ? ["optional: else it is generated"] : []),
      ...(ownServer && !when
        ? []
        : [`${required ? "required" : "optional"}${when ? ` with \`${when}\`` : ""}`]),
    ].join("; "),
    neededBy,
  ]);
  return table(["key", "what it is", "", "needed by"], rows);
}

function keysOf(schema: Schema, path = ""): (readonly [key: string, schema: Schema])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const key = `${path}${name}`;
    // A workload's placement has the keys of its system's, which are listed once; so are those of secrets, and of probes.
    if (!value.properties || isProbe(value) || (path && ["placement", "keys"].includes(name)))
      return [[key, value], ...itemKeys(key, value)];
    return keysOf(value, `${key}.`);
  });
}

const isProbe = ({ properties }: Schema) => properties?.failureThreshold !== undefined;

function usually(schema: Schema): string {
  if (isProbe(schema))
    return Object.entries(schema.properties!)
      .map(([key, each]) => `${key} ${each.default}`)
      .join(", ");
  return schema.default === undefined ? "" : `\`${JSON.stringify(schema.default)}\``;
}

function itemKeys(key: string, { items }: Schema) {
  return items?.properties ? keysOf(items, `${key}[].`) : [];
}

function accepted(schema: Schema): string {
  if (schema.items) return schema.items.properties ? "a list" : `a list; each ${accepted(schema.items)}`;
  if (schema.patternErrorMessage) return schema.patternErrorMessage.replace(/^Not (.*)\.$/, "$1");
  if (schema.enum) return schema.enum.map((each) => `\`${each}\``).join(", ");
  if (schema.const) return `\`${schema.const}\``;
  if (schema.minimum !== undefined) return `${schema.minimum} to ${schema.maximum}`;
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.properties?.nodeSelector) return "the keys of `placement`";
  if (isProbe(schema)) return "a mapping with any of these";
  return schema.properties
    ? "a mapping of secrets to a mapping with any of `source`, `item` and `field`"
    : "a mapping";
}
