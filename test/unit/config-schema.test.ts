import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { handedOver } from "../../config/cli-config";
import { editorSchema, withConfigSection } from "../../config/editor-schema";
import { withReference, withSystems } from "../../config/reference";
import { shippedStackFiles, withShippedSettings } from "../../config/shipped-settings";
import { ConfigError } from "../../config/stack";
import { systems } from "../../systems";
import { mutate } from "./mutate";
import { StackDirectory } from "./stack-directory";

const root = join(__dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false });
ajv.addKeyword("patternErrorMessage");
const validate = ajv.compile(editorSchema(systems));

const shipped = ["Pulumi.dev.yaml", "Pulumi.staging.yaml", "Pulumi.prod.yaml"];
const fixtures = ["test/unit/full.stack.yaml", "test/unit/other.stack.yaml"];

it("stack.schema.json, Pulumi.yaml, README.md and docs/config.md are current: `npm run schema` writes them", () => {
  expect(JSON.parse(read("config/stack.schema.json"))).toEqual(
    JSON.parse(JSON.stringify(editorSchema(systems))),
  );
  expect(read("Pulumi.yaml")).toBe(withConfigSection(read("Pulumi.yaml"), systems));
  expect(read("README.md")).toBe(withSystems(read("README.md"), systems));
  expect(read("docs/config.md")).toBe(withReference(read("docs/config.md"), systems));
});

it.each(Object.keys(systems))(
  "the page of %s says what the stack files set: `npm run schema` writes it",
  (system) => {
    const page = read(`docs/systems/${system}.md`);
    expect(page).toBe(withShippedSettings(page, system, systems, shippedStackFiles(root)));
  },
);

it("Pulumi.yaml keeps what is not config, and its comments", () => {
  const project = withConfigSection(
    "name: x # the name\n# above\nruntime: nodejs\nconfig:\n  old: 1\n",
    systems,
  );
  expect(project).toMatch(/^name: x # the name\n# above\nruntime: nodejs\nconfig:\n/);
  expect(parse(project).config).toHaveProperty("muster:agentsmith.description");
  expect(project).not.toContain("old");
});

it("every key is described", () => {
  const undescribed: string[] = [];
  const visit = (schema: Record<string, never>, path: string) => {
    for (const [key, value] of Object.entries<Record<string, never>>(schema.properties ?? {})) {
      if (!value.description && key !== "secure") undescribed.push(`${path}.${key}`);
      visit(value, `${path}.${key}`);
    }
    for (const each of [schema.items, ...((schema.anyOf as Record<string, never>[] | undefined) ?? [])])
      if (each) visit(each, path);
  };
  const { config } = editorSchema(systems).properties as Record<string, Record<string, never>>;
  visit(config!, "config");
  expect(undescribed).toEqual([]);
});

describe.each([...shipped, ...fixtures])("%s", (file) => {
  it("is taken by the editor schema, and names it in its first line", () => {
    validate(parse(read(file)));
    expect(validate.errors).toBeNull();
    if (file.startsWith("Pulumi."))
      expect(read(file)).toMatch(/^# yaml-language-server: \$schema=config\/stack.schema.json\n/);
  });
});

it.each([
  ["a secret in plain text", { "muster:agentsmith": {}, "agentsmith:jira-token": "abc" }],
  ["an unknown secret", { "muster:agentsmith": {}, "agentsmith:jira": { secure: "v1:abc" } }],
  ["an unknown namespace", { "muster:agentsmith": {}, "foo:bar": 1 }],
  [
    "replicas beside autoscaling",
    { "muster:agentsmith": { dispatcher: { replicas: 1, autoscaling: { minReplicas: 1, maxReplicas: 2 } } } },
  ],
])("the editor schema refuses %s", (_, config) => {
  expect(validate({ config })).toBe(false);
});

it("the editor schema takes secrets and the keys of Pulumi and its providers", () => {
  const config = {
    "muster:agentsmith": {},
    "agentsmith:jira-token": { secure: "v1:abc" },
    "kubernetes:context": "x",
  };
  validate({ config, encryptionsalt: "v1:abc", secretsprovider: "awskms://x" });
  expect(validate.errors).toBeNull();
});

it.each(
  [
    [1e308, 1e21, 2 ** 63, -1, 0, 1e-9].map((number) => [number, false] as const),
    [[2 ** 30, true] as const],
  ].flat(),
)("the editor schema and the parser agree on a memory of %s: %s", (number, taken) => {
  using directory = new StackDirectory();
  const resources = { requests: { memory: "1Mi" }, limits: { memory: number } };
  const config = { "muster:agentsmith": { dispatcher: { resources } } };
  expect(validate({ config })).toBe(taken);
  const { values } = handedOver(config);
  expect(refusedFor(() => directory.parse("config: {}", { values })).length === 0).toBe(taken);
});

/** What a JSON Schema cannot say: how values relate, and what lies behind a text's outward form. */
const BEYOND_SCHEMA = new RegExp(
  [
    "is less than (what is requested|minReplicas|terminationGrace)|more than (80 %|half)|never compared|needs a key|no meaning without",
    "does not start with unless it debugs",
    "tls is false|says again|no host that is answered to|what no key comes from|said where that is",
    "finer than|is zero|can count|whole number of bytes|thousandths of a byte|suffix|is less than [\\d.]+ ?[a-zA-Z]",
    "none of the ranges|read by nobody|bytes, more than",
    "Muster writes itself|Kubernetes replaces",
    "is not there|is a folder|absolute path|out of the project",
    "registry port|image id|read as a URL|IP address|belongs to Kubernetes|No system runs",
  ].join("|"),
);

/** The CLI makes no difference between an object and its JSON in quotes. */
function asRead(values: Readonly<Record<string, string>>) {
  const entries = Object.entries(values).map(([key, text]) => {
    try {
      return [key, JSON.parse(text)];
    } catch {
      return [key, text];
    }
  });
  return Object.fromEntries(entries);
}

describe.each(fixtures)("%s, mutated", (file) => {
  it("is refused by the editor schema only where the parser refuses it, and wherever a schema can", () => {
    using directory = new StackDirectory();
    for (let seed = 1; seed <= 500; seed++) {
      const { what, config } = mutate(read(file), seed);
      const { values } = handedOver(config);
      const taken = validate({ config: asRead(values) });
      const messages = refusedFor(() => directory.parse("config: {}", { values }));
      const told = `seed ${seed}, ${what}: ${JSON.stringify(validate.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`))}`;
      if (!taken) expect(messages, told).not.toEqual([]);
      else for (const message of messages) expect(message, told).toMatch(BEYOND_SCHEMA);
    }
  });
});

function refusedFor(parse: () => void): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.errors.map(({ message }) => message);
    throw error;
  }
}
