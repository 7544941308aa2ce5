import { agentsmith } from "./agentsmith";
import { type ClusterConfig, clusterConfig } from "./cluster";
import { unknownKey } from "./explain";
import { ConfigError, type ConfigIssue, type Finding } from "./issue";
import { formatPath } from "./path";
import { show } from "./show";
import { StackFile } from "./stack-file";
import { parseSystem, parseValue, type SystemConfig, type SystemDefinition } from "./system";
import { nearest } from "./values/scalar";

export { ConfigError, type ConfigIssue } from "./issue";
export type { SuppliedSecrets } from "./secrets";

/** The systems that a stack may run. */
export const systems = { agentsmith };

type Systems = typeof systems;

/** A stack's config as Pulumi hands it to the program. */
export interface RawConfig {
  readonly stack: string;
  /** As pulumi.runtime.allConfig() gives them: objects as JSON text, secrets decrypted. */
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: ReadonlySet<string>;
  /** Whether the stack goes to the local cluster, where a secret without a value gets a placeholder. */
  readonly local: boolean;
  /** Where Pulumi.yaml lies; paths of files start there. */
  readonly projectDirectory: string;
}

/** A stack's config, checked and complete. A system that is not there does not run in this stack. */
export type StackConfig = {
  readonly stack: string;
  readonly local: boolean;
  readonly cluster: ClusterConfig;
} & { readonly [S in keyof Systems]?: SystemConfig<Systems[S]> };

/** Namespaces that belong to Pulumi and its providers, which check their keys themselves. */
export const foreignNamespaces = ["pulumi", "kubernetes", "random", "onepassword"];

/** What a system's key holds where the system does not run; Pulumi.yaml says so by default. */
export const OFF = "off";

/**
 * Parses the whole config of a stack before anything is registered.
 * Throws a ConfigError whose message lists every error, in the order of the stack's file.
 */
export function parseStack(raw: RawConfig): StackConfig {
  const findings: Finding[] = unknownKeys(raw);
  const cluster = parseValue("muster:cluster", clusterConfig, raw, findings);
  const running = Object.entries<SystemDefinition>(systems).filter(([name]) => runs(name, raw));
  const parsed = running.map(([name, definition]) => [name, parseSystem(name, definition, raw, findings)]);
  if (running.length === 0) findings.push(noSystem());
  if (findings.length > 0) throw new ConfigError(located(findings, raw));
  return {
    stack: raw.stack,
    local: raw.local,
    cluster: { name: raw.stack, ...cluster },
    ...Object.fromEntries(parsed),
  };
}

const systemKeys = Object.keys(systems).map((name) => `muster:${name}`);
const musterKeys = ["muster:cluster", ...systemKeys];

function runs(system: string, { values }: RawConfig): boolean {
  return (values[`muster:${system}`] ?? OFF) !== OFF;
}

function noSystem(): Finding {
  return {
    path: [],
    message: "No system runs in this stack.",
    accepts: `at least one of ${systemKeys.join(", ")}, such as ${systemKeys[0]}: {}`,
  };
}

/** Keys in namespaces that nobody reads, and in Muster's own. Those of systems are looked at with their secrets. */
function unknownKeys({ values }: RawConfig): Finding[] {
  const namespaces = ["muster", ...Object.keys(systems)];
  return Object.keys(values).flatMap((key) => {
    const namespace = key.slice(0, key.indexOf(":"));
    if (namespace === "muster") return musterKeys.includes(key) ? [] : [unknownKey([key], musterKeys)];
    if (namespaces.includes(namespace) || foreignNamespaces.includes(namespace)) return [];
    const near = nearest(namespace, namespaces);
    return [
      {
        path: [key],
        message: `${show(namespace)} is not a namespace that is known here; the nearest is ${near}.`,
        accepts: [...namespaces, ...foreignNamespaces].join(", "),
      },
    ];
  });
}

function located(findings: readonly Finding[], { projectDirectory, stack }: RawConfig): ConfigIssue[] {
  const stackFile = new StackFile(projectDirectory, stack);
  return findings.map(({ path, file, ...finding }) =>
    file
      ? { file, path: formatPath(path), ...finding }
      : { file: stackFile.name, ...stackFile.positionOf(path), path: formatPath(path), ...finding },
  );
}
