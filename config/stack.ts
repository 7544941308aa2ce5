import { isDeepStrictEqual } from "node:util";
import { type ClusterConfig, clusterConfig } from "./cluster";
import { unknownKey } from "./explain";
import { ConfigError, type ConfigIssue, type Finding } from "./issue";
import { formatPath } from "./path";
import type { RawConfig } from "./raw-config";
import { show } from "./show";
import { StackFile } from "./stack-file";
import { OFF, parseSystem, parseValue, type SystemConfig, type SystemDefinition } from "./system";
import { nearest } from "./values/scalar";

export { ConfigError } from "./issue";

/** The systems that a stack may run, by name. */
export type SystemDefinitions = Readonly<Record<string, SystemDefinition>>;

/** A stack's config, checked and complete. A system that is not there does not run in this stack. */
export type ParsedStack<Systems extends SystemDefinitions> = {
  readonly stack: string;
  readonly local: boolean;
  readonly cluster: ClusterConfig;
} & { readonly [S in keyof Systems]?: SystemConfig<Systems[S]> };

/** Namespaces that belong to Pulumi and its providers, which check their keys themselves. */
export const foreignNamespaces = ["pulumi", "kubernetes", "random", "onepassword"];

/**
 * Parses the whole config of a stack before anything is registered.
 * Throws a ConfigError whose message lists every error, in the order of the stack's file.
 */
export function parseConfig<Systems extends SystemDefinitions>(
  raw: RawConfig,
  systems: Systems,
): ParsedStack<Systems> {
  const file = new StackFile(raw.projectDirectory, raw.stack);
  if (!file.isReadable) throw new ConfigError(located(file.problems, file));
  const systemKeys = Object.keys(systems).map((name) => `muster:${name}`);
  const findings: Finding[] = unknownKeys(raw, Object.keys(systems));
  const cluster = parseValue("muster:cluster", clusterConfig, { raw, findings });
  const parsed = Object.entries(systems).map(([name, definition]) => [
    name,
    parseSystem(name, definition, { raw, findings }),
  ]);
  findings.push(...sharedNamespaces(parsed));
  if (systemKeys.every((key) => (raw.values[key] ?? OFF) === OFF)) findings.push(noSystem(systemKeys));
  const isTold = ({ path }: Finding) =>
    file.problems.some((problem) => isDeepStrictEqual(problem.path, path));
  const all = [...file.problems, ...findings.filter((finding) => !isTold(finding))];
  if (all.length > 0) throw new ConfigError(located(all, file));
  return {
    stack: raw.stack,
    local: raw.local,
    cluster: { name: raw.stack, ...cluster },
    ...Object.fromEntries(parsed),
  } as ParsedStack<Systems>;
}

/** A namespace holds one system: its quota, its policies and its removal are that system's own. */
function sharedNamespaces(parsed: readonly unknown[][]): Finding[] {
  const owners = new Map<string, string>();
  return parsed.flatMap(([name, config]) => {
    const namespace = (config as { namespace?: string } | undefined)?.namespace;
    const owner = namespace && owners.get(namespace);
    if (namespace) owners.set(namespace, String(name));
    if (!owner) return [];
    return [
      {
        path: [`muster:${name}`, "namespace"],
        message: `Its namespace, ${show(namespace)}, is that of ${owner} as well.`,
        accepts: "a namespace of its own for each system",
      },
    ];
  });
}

function noSystem(systemKeys: readonly string[]): Finding {
  return {
    path: [],
    message: "No system runs in this stack.",
    accepts: `at least one of ${systemKeys.join(", ")}, such as ${systemKeys[0]}: {}`,
  };
}

/** Keys in namespaces that nobody reads, and in Muster's own. Those of systems are looked at with their secrets. */
function unknownKeys({ values }: RawConfig, systems: readonly string[]): Finding[] {
  const namespaces = ["muster", ...systems];
  const musterKeys = ["cluster", ...systems].map((name) => `muster:${name}`);
  return Object.keys(values).flatMap((key) => {
    const namespace = key.split(":", 1)[0]!;
    if (namespace === "muster") return musterKeys.includes(key) ? [] : [unknownMusterKey(key, musterKeys)];
    if (namespaces.includes(namespace) || foreignNamespaces.includes(namespace)) return [];
    const known = [...namespaces, ...foreignNamespaces];
    return [
      {
        path: [key],
        message: `${show(namespace)} is not a namespace that is known here; the nearest is ${nearest(namespace, known)}.`,
        accepts: known.join(", "),
      },
    ];
  });
}

function unknownMusterKey(key: string, musterKeys: readonly string[]): Finding {
  const meant = musterKeys.find((each) => key.startsWith(`${each}.`) || key.startsWith(`${each}[`));
  const mend =
    meant && `pulumi config set --path '${key}' <value>: without --path, the dots are part of the key`;
  return { ...unknownKey([key], musterKeys), mend };
}

/** In the order of the stack's file; what stands nowhere in it comes last, and other files after that. */
function located(findings: readonly Finding[], stackFile: StackFile): ConfigIssue[] {
  const last = Number.MAX_SAFE_INTEGER;
  return findings
    .map(({ path, file, ...finding }) => ({
      file: file ?? stackFile.name,
      ...(file ? {} : stackFile.positionOf(path)),
      path: formatPath(path),
      ...finding,
    }))
    .sort(
      (a, b) =>
        Number(a.file !== stackFile.name) - Number(b.file !== stackFile.name) ||
        (a.line ?? last) - (b.line ?? last) ||
        (a.column ?? last) - (b.column ?? last),
    );
}
