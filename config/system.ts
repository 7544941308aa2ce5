import type { z } from "zod";
import { readYamlFile } from "./config-file";
import { explain } from "./explain";
import type { Finding } from "./issue";
import { misplacedSecrets } from "./misplaced-secrets";
import { type OfSystem, type WithPods, withPods } from "./pods";
import type { RawConfig } from "./raw-config";
import { type Opened, unreachable } from "./reachable";
import { type DeclaredSecrets, parseSecrets, type SuppliedSecrets } from "./secrets";
import { show } from "./show";
import { namespaceGrammar } from "./values/name";
import { isMapping, problemOf } from "./values/scalar";

/** What `muster:<system>` holds where the system does not run; Pulumi.yaml says so by default. */
export const OFF = "off";

/** What an operator may say about one system, at `muster:<system>` and `<system>:<secret>`. */
export interface SystemDefinition {
  readonly description: string;
  /** The schema of `muster:<system>` but for `secrets`; it has a key `namespace`, and one for each of `files`. */
  readonly schema: z.ZodType<
    { namespace?: string; adopt: boolean; movesFrom?: string; leaves: string[] } & OfSystem
  >;
  readonly secrets: DeclaredSecrets;
  /** Keys of the schema that hold the path of a YAML file; by default, the file of this name in stacks/<stack>/. */
  readonly files: Readonly<Record<string, string>>;
  /** What the network opens to those that read a secret which is a URL: one that leads elsewhere is refused. */
  readonly opened?: (config: never) => Readonly<Record<string, Opened | undefined>>;
}

/** A system's config, complete: defaults filled in, secrets and files read. */
export type SystemConfig<D extends SystemDefinition> = WithPods<z.output<D["schema"]>> & {
  readonly stack: string;
  readonly namespace: string;
  readonly secrets: SuppliedSecrets;
  /** The files' texts by the names that they are mounted under. */
  readonly files: Readonly<Record<D["files"][keyof D["files"]], string>>;
};

/** What is read, and where what is wrong with it goes. */
export interface Reading {
  readonly raw: RawConfig;
  readonly findings: Finding[];
}

/** One system's config, undefined where it does not run. */
export function parseSystem(name: string, definition: SystemDefinition, reading: Reading): unknown {
  const { raw, findings } = reading;
  const key = `muster:${name}`;
  const isSecret = raw.secretKeys.has(key);
  const runs = (raw.values[key] ?? OFF) !== OFF && !isSecret;
  // What was given, so that a mistake elsewhere in it hides none in the secrets and files.
  const parsed = runs ? parseJson(raw.values[key]!) : undefined;
  const given = isMapping(parsed) ? parsed : {};
  const { secrets: sources = {}, ...own } = given;
  const { findings: secretFindings, ...secrets } = parseSecrets(
    name,
    definition.secrets,
    runs ? { sources, config: own } : undefined,
    raw,
  );
  findings.push(...secretFindings);
  // Not looked into, so that no message can show a part of it.
  if (isSecret) findings.push(...misplacedSecrets(key, definition.secrets, raw));
  if (!runs) return undefined;

  const rest =
    "secrets" in given && !isDeep(parsed) ? { ...raw.values, [key]: JSON.stringify(own) } : raw.values;
  const config = parseValue(key, definition.schema, { raw: { ...raw, values: rest }, findings }, ["secrets"]);
  if (config) findings.push(...leadingAstray(name, definition.opened?.(config as never) ?? {}, secrets, raw));
  const files = readFiles(key, definition.files, given, reading);
  const namespace = config?.namespace ?? (raw.stack === "prod" ? name : `${name}-${raw.stack}`);
  const problem = problemOf(namespaceGrammar, namespace);
  if (problem)
    findings.push({
      path: [key, "namespace"],
      message: `The namespace that follows from the stack's name, ${show(namespace)}, ${problem}; name one here.`,
      accepts: namespaceGrammar.rule,
    });
  return { ...(config && withPods(config)), stack: raw.stack, namespace, secrets, files };
}

/** Secrets that are URLs, whose values are known, and that the network lets nobody reach. */
function leadingAstray(
  name: string,
  opened: Readonly<Record<string, Opened | undefined>>,
  { values }: SuppliedSecrets,
  { stack }: RawConfig,
): Finding[] {
  return Object.entries(opened).flatMap(([key, place]) => {
    const url = values[key];
    const problem = url && place && unreachable(url, place);
    if (!problem) return [];
    const path = `${name}:${key}`;
    return [
      {
        path: [path],
        message: `It ${problem}.`,
        mend: `pulumi config set --secret ${path} --stack ${stack}`,
      },
    ];
  });
}

function readFiles(
  key: string,
  wanted: Readonly<Record<string, string>>,
  given: Readonly<Record<string, unknown>>,
  { raw: { stack, projectDirectory }, findings }: Reading,
): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [setting, name] of Object.entries(wanted)) {
    if (findings.some(({ path }) => path[0] === key && (path.length === 1 || path[1] === setting))) continue;
    const path = String(given[setting] ?? `stacks/${stack}/${name}`);
    const read = readYamlFile(projectDirectory, path, [key, setting]);
    if ("content" in read) files[name] = read.content;
    else findings.push(...read.findings);
  }
  return files;
}

/** The value of one config key; undefined where it is left out or wrong. */
export function parseValue<T>(
  key: string,
  schema: z.ZodType<T>,
  { raw, findings }: Reading,
  /** Keys beside those of the schema. */
  beside: readonly string[] = [],
): T | undefined {
  const { values, secretKeys } = raw;
  const json = values[key];
  if (json === undefined) return undefined;
  if (secretKeys.has(key)) {
    findings.push(...misplacedSecrets(key, {}, raw));
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
  if (isDeep(value)) {
    findings.push({
      path: [key],
      message: `It is nested more than ${DEEPEST} deep.`,
      accepts: "what docs/config.md lists",
    });
    return undefined;
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  findings.push(...explain(result.error.issues, { schema, at: [key], value, beside }));
  return undefined;
}

// Far more than any setting needs, and far less than what makes JSON.stringify run out of stack.
const DEEPEST = 50;

function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEEPEST) return true;
    level = level.flatMap((each) => (typeof each === "object" && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** Pulumi hands over objects as JSON, and everything else as the text that it is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
