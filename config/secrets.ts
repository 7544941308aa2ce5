import { unknownKey } from "./explain";
import type { Finding } from "./issue";
import type { RawConfig } from "./raw-config";

/** A secret that the operator supplies, on its own key: `pulumi config set --secret <system>:<key>`. */
export interface DeclaredSecret {
  /** Whether the system cannot run without it. */
  readonly required: boolean;
  /** What it is, for editors and documentation. */
  readonly description: string;
  /** What needs it, in words that finish "needed by …". */
  readonly neededBy: string;
  /** The key of the system's config without which nobody reads it, such as `managedRedis`. Default: it is always read. */
  readonly when?: string;
}

export type DeclaredSecrets = Readonly<Record<string, DeclaredSecret>>;

export interface SuppliedSecrets {
  /** In plain text: make them secret Outputs before they go anywhere. */
  readonly values: Readonly<Record<string, string>>;
  /** The keys that get a placeholder: on the local cluster all without a value, elsewhere none. */
  readonly missing: readonly string[];
}

/** The secrets of a system, which may or may not run, out of a stack's config, and everything that is wrong with them. No message holds a value. */
export function parseSecrets(
  system: string,
  declared: DeclaredSecrets,
  given: Readonly<Record<string, unknown>> | undefined,
  { values, secretKeys, local, stack }: RawConfig,
): SuppliedSecrets & { findings: readonly Finding[] } {
  const runs = given !== undefined;
  const findings: Finding[] = [];
  const found: Record<string, string> = {};
  const missing: string[] = [];
  const known = Object.keys(declared).map((key) => `${system}:${key}`);
  const setCommand = (path: string) => `pulumi config set --secret ${path} --stack ${stack}`;

  for (const [key, { required, neededBy, when }] of Object.entries(declared)) {
    const path = `${system}:${key}`;
    const value = values[path];
    if (runs && when && !(when in given)) {
      if (value !== undefined) findings.push(unread(path, system, when));
      continue;
    }
    if (value === undefined && runs && local) missing.push(key);
    if (value === undefined && required && runs && !local)
      findings.push({
        path: [path],
        message: `It is missing; it is needed by ${neededBy}.`,
        mend: setCommand(path),
      });
    if (value === undefined) continue;
    const problem = problemOf(value, secretKeys.has(path));
    if (problem) findings.push({ path: [path], message: problem, mend: setCommand(path) });
    else found[key] = value;
  }

  for (const path of Object.keys(values)) {
    if (path.startsWith(`${system}:`) && !known.includes(path)) findings.push(unknownKey([path], known));
  }
  return { values: found, missing, findings };
}

function unread(path: string, system: string, when: string): Finding {
  return {
    path: [path],
    message: `Nothing reads it without muster:${system}.${when}.`,
    accepts: `${when} in muster:${system}, or this key taken out`,
  };
}

function problemOf(value: string, secret: boolean): string | undefined {
  if (!secret)
    return "The value is in plain text, not encrypted. Take it for known to others, and set a new one.";
  if (value === "") return "The value is empty.";
  return value.trim() === value
    ? undefined
    : "The value begins or ends with white space, such as the end of a line.";
}
