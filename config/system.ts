import type { z } from "zod";
import { readYamlFile } from "./config-file";
import { explain } from "./explain";
import type { Finding } from "./issue";
import { type DeclaredSecrets, parseSecrets, type SuppliedSecrets } from "./secrets";
import { show } from "./show";
import type { RawConfig } from "./stack";
import { dnsLabelGrammar } from "./values/name";
import { problemOf } from "./values/scalar";

/** What an operator may say about one system, at `muster:<system>` and `<system>:<secret>`. */
export interface SystemDefinition {
  readonly description: string;
  /** The schema of `muster:<system>`; it has a key `namespace`, and one for each of `files`. */
  readonly schema: z.ZodType<{ namespace?: string }>;
  readonly secrets: DeclaredSecrets;
  /** Keys of the schema that hold the path of a YAML file; by default, the file of this name in stacks/<stack>/. */
  readonly files: Readonly<Record<string, string>>;
}

/** A system's config, complete: defaults filled in, secrets and files read. */
export type SystemConfig<D extends SystemDefinition> = z.output<D["schema"]> & {
  readonly namespace: string;
  readonly secrets: SuppliedSecrets;
  /** The files' texts by the names that they are mounted under. */
  readonly files: Readonly<Record<D["files"][keyof D["files"]], string>>;
};

/** One system's config; what is wrong with it goes to `findings`. */
export function parseSystem(
  name: string,
  definition: SystemDefinition,
  raw: RawConfig,
  findings: Finding[],
): unknown {
  const key = `muster:${name}`;
  const config = parseValue(key, definition.schema, raw, findings);
  const { findings: secretFindings, ...secrets } = parseSecrets(name, definition.secrets, raw);
  findings.push(...secretFindings);
  const files: Record<string, string> = {};
  for (const [setting, file] of Object.entries(definition.files)) {
    const path =
      config &&
      (((config as Record<string, unknown>)[setting] as string | undefined) ?? `stacks/${raw.stack}/${file}`);
    if (!path) continue;
    const read = readYamlFile(raw.projectDirectory, path, [key, setting]);
    if ("content" in read) files[file] = read.content;
    else findings.push(...read.findings);
  }
  const namespace = config?.namespace ?? (raw.stack === "prod" ? name : `${name}-${raw.stack}`);
  const problem = config && problemOf(dnsLabelGrammar, namespace);
  if (problem)
    findings.push({
      path: [key, "namespace"],
      message: `The namespace that follows from the stack's name, ${show(namespace)}, ${problem}; name one here.`,
      accepts: dnsLabelGrammar.name,
    });
  return { ...config, namespace, secrets, files };
}

/** The value of one config key; undefined where it is left out or wrong. */
export function parseValue<T>(
  key: string,
  schema: z.ZodType<T>,
  { values, secretKeys }: RawConfig,
  findings: Finding[],
): T | undefined {
  const json = values[key];
  if (json === undefined) return undefined;
  if (secretKeys.has(key)) {
    findings.push({
      path: [key],
      message: "It holds a secret value, which would end up in plain text.",
      accepts: "secrets on keys of their own, such as agentsmith:slack-bot-token",
    });
    return undefined;
  }
  if (json === "") {
    findings.push({
      path: [key],
      message: "It is empty.",
      accepts: `a mapping; ${key}: {} for all defaults`,
    });
    return undefined;
  }
  const value = parseJson(json);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  findings.push(...explain(schema, key, value, result.error.issues));
  return undefined;
}

/** Pulumi hands over objects as JSON, and everything else as the text that it is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
