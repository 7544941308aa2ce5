import { explain, unknownKey } from "./explain";
import type { Finding } from "./issue";
import { mendOf } from "./misplaced-secrets";
import type { RawConfig } from "./raw-config";
import { canonicalDuration } from "./values/duration";
import { isMapping } from "./values/scalar";
import {
  type External,
  type SecretSources,
  type StoreName,
  secretSources,
  storeOf,
} from "./values/secret-sources";

/** A secret that the operator supplies: from config on its own key, or from where `secrets` of the system says. */
export interface DeclaredSecret {
  /** Whether the system cannot run without it. */
  readonly required: boolean;
  /** What it is, for editors and documentation. */
  readonly description: string;
  /** What needs it, in words that finish "needed by …". */
  readonly neededBy: string;
  /** The path of the system's config without which nobody reads it, such as `managedRedis` or `backup.s3`. Default: it is always read. */
  readonly when?: string;
  /** Any value would do: without one, so many characters are generated once and kept. */
  readonly generated?: number;
  /**
   * Without `when`, the password of a server of the system's own: any value would do, and without one it is generated.
   * It comes from config alone, since the server itself needs it as well.
   */
  readonly ownServer?: true;
}

/** One that the system cannot run without. */
export function required(description: string, neededBy: string): DeclaredSecret {
  return { required: true, description, neededBy };
}

/** One that only some of its uses need. */
export function optional(description: string, neededBy: string): DeclaredSecret {
  return { required: false, description, neededBy };
}

export type DeclaredSecrets = Readonly<Record<string, DeclaredSecret>>;

/** A field of an item in 1Password, or a key of a Secret. */
export interface StoredAt {
  readonly item: string;
  readonly field: string;
}

/** The same in one of the stores of the External Secrets Operator. */
export interface StoredIn extends StoredAt {
  readonly store: StoreName;
}

export interface SuppliedSecrets {
  /** In plain text: make them secret Outputs before they go anywhere. */
  readonly values: Readonly<Record<string, string>>;
  /** The keys that get a placeholder: on the local cluster all that have no source, elsewhere none. */
  readonly missing: readonly string[];
  /** The keys that are generated, and how long. */
  readonly generated: Readonly<Record<string, number>>;
  /** The keys that Pulumi reads in 1Password, and where. */
  readonly onepassword?: { readonly vault: string; readonly keys: Readonly<Record<string, StoredAt>> };
  /** The keys that the External Secrets Operator brings, and from where. */
  readonly external?: ExternalSecrets;
}

export interface ExternalSecrets {
  /** One of 1Password, one of Kubernetes, or both. */
  readonly store: Omit<External, "refreshInterval" | "kubectlImage">;
  /** As Go writes durations: `1h`. */
  readonly refreshInterval: string;
  /** Image reference. */
  readonly kubectlImage: string;
  readonly keys: Readonly<Record<string, StoredIn>>;
  /** The key that holds the credentials of the store, where it needs any. */
  readonly token?: string;
}

/** The credentials of a 1Password store: the Connect server's token, or that of the service account. */
const STORE_TOKEN = "onepassword-token";

const storeToken: DeclaredSecret = {
  required: true,
  description: "The token by which the External Secrets Operator reads 1Password.",
  neededBy: "the External Secrets Operator, to read the store",
};

/** The secrets of a system, which may or may not run, out of a stack's config, and everything that is wrong with them. No message holds a value. */
export function parseSecrets(
  system: string,
  declared: DeclaredSecrets,
  given: { readonly sources: unknown; readonly config: Readonly<Record<string, unknown>> } | undefined,
  raw: RawConfig,
): SuppliedSecrets & { findings: readonly Finding[] } {
  const runs = given !== undefined;
  const sources = given && schemaOf(declared).safeParse(given.sources);
  const at = [`muster:${system}`, "secrets"];
  const misread = sources?.error
    ? explain(sources.error.issues, { schema: schemaOf(declared), at, value: given?.sources })
    : [];
  const findings: Finding[] = misread.map((finding) => ({
    ...finding,
    mend: mendOf(finding.path, declared, raw.stack),
  }));
  const needed = ({ when }: DeclaredSecret) => !runs || !when || isSaid(given.config, when);
  const isOwn = (each: DeclaredSecret) => each.ownServer && (!each.when || (runs && !needed(each)));
  const wanted = Object.entries(declared).filter(([, each]) => needed(each) && !isOwn(each));
  const own = Object.keys(declared).filter((key) => isOwn(declared[key]!));
  const used = sources?.data;
  const external = used && fromOperator(wanted, used);
  const known = [...wanted.map(([key]) => key), ...own, ...(external?.token ? [STORE_TOKEN] : [])];
  findings.push(...unread(system, declared, known, raw));
  const reading: SecretReading = { system, runs, sources: used, raw, findings };
  const supplied = fromConfig(Object.fromEntries(wanted), reading);
  Object.assign(supplied.values, ownPasswords(own, reading));
  if (external?.token) {
    const token = fromConfig({ [STORE_TOKEN]: storeToken }, { ...reading, sources: undefined });
    Object.assign(supplied.values, token.values);
    supplied.missing.push(...token.missing);
  }
  const onepassword = used && fromOnepassword(wanted, used);
  return { ...supplied, ...(onepassword && { onepassword }), ...(external && { external }), findings };
}

function isSaid(config: unknown, path: string): boolean {
  const [key, ...rest] = path.split(".") as [string, ...string[]];
  if (!isMapping(config) || config[key] === undefined) return false;
  return rest.length === 0 || isSaid(config[key], rest.join("."));
}

/** Making one takes longer than all the rest of parsing a stack. */
const schemas = new WeakMap<DeclaredSecrets, ReturnType<typeof secretSources>>();

function schemaOf(declared: DeclaredSecrets): ReturnType<typeof secretSources> {
  const schema = schemas.get(declared) ?? secretSources(declared);
  schemas.set(declared, schema);
  return schema;
}

function sourceOf(key: string, { source, keys }: SecretSources) {
  return keys[key]?.source ?? source;
}

/** What the secrets of a system are read from, and where what is wrong with them goes. */
interface SecretReading {
  readonly system: string;
  readonly runs: boolean;
  /** Left out: all come from config. */
  readonly sources?: SecretSources;
  readonly raw: RawConfig;
  readonly findings: Finding[];
}

/** The values that stand in the stack's file, each on its own key. */
function fromConfig(wanted: DeclaredSecrets, { system, runs, sources, raw, findings }: SecretReading) {
  const { values, secretKeys, local, stack } = raw;
  const found: Record<string, string> = {};
  const missing: string[] = [];
  const generated: Record<string, number> = {};
  for (const [key, { required, neededBy, generated: length }] of Object.entries(wanted)) {
    const path = `${system}:${key}`;
    const value = values[path];
    const mend = `pulumi config set --secret ${path} --stack ${stack}`;
    const source = sources ? sourceOf(key, sources) : "config";
    if (source !== "config") {
      if (value !== undefined)
        findings.push({
          path: [path],
          message: `Nothing reads it: by muster:${system}.secrets its value comes from ${source}.`,
          accepts: `this key taken out, or source: config for ${key}`,
        });
    } else if (value !== undefined) {
      const problem = problemOf(value, secretKeys.has(path));
      if (problem) findings.push({ path: [path], message: problem, mend });
      else found[key] = value;
    } else if (!runs) {
    } else if (length !== undefined) {
      generated[key] = length;
    } else if (local) {
      missing.push(key);
    } else if (required) {
      findings.push({ path: [path], message: `It is missing; it is needed by ${neededBy}.`, mend });
    }
  }
  return { values: found, missing, generated };
}

// What stands in a URL, in redis.conf and in every client's own form as it is.
const plainPassword = /^[A-Za-z0-9._~-]{8,128}$/;

/** Passwords of servers of the system's own, where the stack's file has any. */
function ownPasswords(
  keys: readonly string[],
  { system, sources, raw, findings }: SecretReading,
): Record<string, string> {
  const { values, secretKeys, stack } = raw;
  const found: Record<string, string> = {};
  for (const key of keys) {
    const path = `${system}:${key}`;
    const value = values[path];
    const source = sources?.keys[key]?.source ?? "config";
    if (source !== "config")
      findings.push({
        path: [`muster:${system}`, "secrets", "keys", key, "source"],
        message: `The server of the system's own needs its password from Pulumi, not from ${source}.`,
        accepts: `config, with a value on ${path}; or this key taken out: it is generated then`,
      });
    if (value === undefined) continue;
    const problem =
      problemOf(value, secretKeys.has(path)) ??
      (plainPassword.test(value) ? undefined : "The value is not 8 to 128 letters, digits, -, ., _ and ~.");
    const mend = `pulumi config set --secret ${path} --stack ${stack}`;
    if (problem) findings.push({ path: [path], message: problem, mend });
    else found[key] = value;
  }
  return found;
}

function fromOnepassword(wanted: readonly (readonly [string, DeclaredSecret])[], sources: SecretSources) {
  const { onepassword } = sources;
  return (
    onepassword && {
      vault: onepassword.vault,
      keys: withItem(storedAt(wanted, sources, "onepassword"), onepassword.item),
    }
  );
}

function fromOperator(
  wanted: readonly (readonly [string, DeclaredSecret])[],
  sources: SecretSources,
): ExternalSecrets | undefined {
  if (!sources.external) return undefined;
  const { refreshInterval: interval, kubectlImage, ...store } = sources.external;
  const { kubernetes, onepasswordConnect, onepasswordServiceAccount } = store;
  const onepassword = onepasswordConnect ?? onepasswordServiceAccount;
  const keys = Object.entries(storedAt(wanted, sources, "external")).map(([key, { item, field }]) => {
    const from = storeOf(sources.keys[key], store);
    const usual = from === "kubernetes" ? kubernetes!.secret : onepassword!.item;
    return [key, { store: from, item: item ?? usual, field }] as const;
  });
  const refreshInterval = canonicalDuration(interval);
  const token = onepassword && { token: STORE_TOKEN };
  return { store, refreshInterval, kubectlImage, keys: Object.fromEntries(keys), ...token };
}

/** Where the keys of a source are said to be; the item is that of the source where nothing is said. */
function storedAt(
  wanted: readonly (readonly [string, DeclaredSecret])[],
  sources: SecretSources,
  source: string,
): Record<string, Partial<StoredAt> & Pick<StoredAt, "field">> {
  const keys = wanted.map(([key]) => key).filter((key) => sourceOf(key, sources) === source);
  return Object.fromEntries(
    keys.map((key) => [key, { item: sources.keys[key]?.item, field: sources.keys[key]?.field ?? key }]),
  );
}

function withItem(found: ReturnType<typeof storedAt>, usual: string): Record<string, StoredAt> {
  return Object.fromEntries(
    Object.entries(found).map(([key, { item = usual, field }]) => [key, { item, field }]),
  );
}

/** Keys that stand in the stack's file and that nobody reads. */
function unread(
  system: string,
  declared: DeclaredSecrets,
  known: readonly string[],
  { values }: RawConfig,
): Finding[] {
  const paths = known.map((key) => `${system}:${key}`);
  return Object.keys(values).flatMap((path) => {
    if (!path.startsWith(`${system}:`) || paths.includes(path)) return [];
    const when = declared[path.slice(system.length + 1)]?.when;
    if (!when) return [unknownKey([path], paths)];
    return [
      {
        path: [path],
        message: `Nothing reads it without muster:${system}.${when}.`,
        accepts: `${when} in muster:${system}, or this key taken out`,
      },
    ];
  });
}

function problemOf(value: string, secret: boolean): string | undefined {
  if (!secret)
    return "The value is in plain text, not encrypted. Take it for known to others, and set a new one.";
  if (value === "") return "The value is empty.";
  return value.trim() === value
    ? undefined
    : "The value begins or ends with white space, such as the end of a line.";
}
