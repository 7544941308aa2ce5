import { Document, parseDocument } from "yaml";
import { z } from "zod";
import { clusterConfig } from "./cluster";
import type { DeclaredSecrets } from "./secrets";
import { foreignNamespaces, type SystemDefinitions } from "./stack";
import { OFF, type SystemDefinition } from "./system";
import { secretSources } from "./values/secret-sources";

type JsonSchema = z.core.JSONSchema.BaseSchema;

const clusterDescription = "Which cluster the stack lives on.";

/** The JSON Schema of a stack's file (Pulumi.<stack>.yaml), for editors. Made from the schemas that the program parses with. */
export function editorSchema(systems: SystemDefinitions): JsonSchema {
  const definitions = Object.entries(systems);
  const configOf = ([name, { description, schema, secrets }]: [string, SystemDefinition]) => [
    `muster:${name}`,
    {
      description,
      anyOf: [
        withSources(jsonSchema(schema), secrets),
        { const: OFF, description: "The system does not run in this stack." },
      ],
    },
  ];
  const secretsOf = ([name, { secrets }]: [string, SystemDefinition]) =>
    Object.entries(secrets).map(([key, { description, required, neededBy }]) => [
      `${name}:${key}`,
      {
        description: `${description} ${required ? "Required" : "Optional"}; needed by ${neededBy}. Set by: pulumi config set --secret ${name}:${key}`,
        type: "object",
        properties: { secure: { type: "string" } },
        required: ["secure"],
        additionalProperties: false,
      },
    ]);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    $comment: "Written by `npm run schema`.",
    title: "A stack of Muster",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: {
          "muster:cluster": { description: clusterDescription, ...jsonSchema(clusterConfig) },
          ...Object.fromEntries(definitions.map(configOf)),
          ...Object.fromEntries(definitions.flatMap(secretsOf)),
        },
        patternProperties: { [`^(?:${foreignNamespaces.join("|")}):`]: {} },
        additionalProperties: false,
      },
      // Pulumi's own, which it writes itself.
      encryptionsalt: { type: "string" },
      encryptedkey: { type: "string" },
      secretsprovider: { type: "string" },
      environment: {},
    },
    additionalProperties: false,
  };
}

/** The key `secrets`, which every system has. */
function withSources(schema: JsonSchema, secrets: DeclaredSecrets): JsonSchema {
  const description = "Where the values of the system's secrets come from. Default: config.";
  const sources = { description, ...jsonSchema(secretSources(secrets)) };
  return { ...schema, properties: { ...schema.properties, secrets: sources } };
}

function jsonSchema(schema: z.ZodType): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // What a mapping is by default follows from its keys.
      if (jsonSchema.type === "object") delete jsonSchema.default;
    },
  });
  return rest;
}

/**
 * Pulumi.yaml with its `config:` section as the schemas say; the rest stays, comments too.
 * Pulumi demands a value for every key that it finds there, hence the defaults; secrets cannot be declared at all.
 */
export function withConfigSection(pulumiYaml: string, systems: SystemDefinitions): string {
  const document = parseDocument(pulumiYaml);
  const section = new Document({
    ...Object.fromEntries(
      Object.entries(systems).map(([name, { description }]) => [
        `muster:${name}`,
        { description: `${description} See docs/config.md.`, default: OFF },
      ]),
    ),
    "muster:cluster": { description: clusterDescription, type: "object", default: {} },
  });
  section.contents!.commentBefore = " Written by `npm run schema`.";
  document.set("config", section.contents);
  return document.toString({ lineWidth: 0 });
}
