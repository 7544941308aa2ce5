import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SuppliedSecrets } from "../config/secrets";
import { type SystemName, systems } from "../systems";
import type { Cluster } from "./cluster";
import { ExternalSecretsOperator, hasExternalSecrets } from "./external-secrets";
import { Failure } from "./failure";
import { makeFolder } from "./folder";
import { state } from "./places";
import { freePorts } from "./ports";
import { say } from "./progress";
import { stackConfig } from "./stack-config";
import { type Programs, toolchain } from "./toolchain";

/** The vaults of the local stand-in of 1Password Connect: who edits them has changed them. */
const vaultsFile = join(state, "1password/vaults.json");

/**
 * What brings the secrets of a stack that come from a store, on the local cluster: the External Secrets Operator, and
 * stores with placeholders for what they lack. Without a stack, what there is of it runs again.
 */
export async function startSecretStores(cluster: Cluster, stack?: string): Promise<void> {
  const wanted = stack ? fromStores(stack) : [];
  const isInstalled = await hasExternalSecrets(cluster);
  if (wanted.length === 0 && !isInstalled) return;
  const programs = await operatorProgram();
  if (!programs) return;
  const operator = new ExternalSecretsOperator(cluster, programs);
  if (wanted.length > 0) {
    if (!isInstalled) say("Local cluster: adding the External Secrets Operator");
    await operator.install();
  }
  for (const external of wanted) await fill(cluster, external);
  operator.start();
  if (existsSync(vaultsFile)) {
    const script = join(__dirname, "serve-onepassword.ts");
    const args = ["--require", require.resolve("tsx/cjs"), script, vaultsFile, String(await connectPort())];
    cluster.startBeside("onepassword-connect", process.execPath, args);
  }
}

/** The address of the stand-in: the same for as long as the local cluster is there. */
export async function connectUrl(): Promise<string> {
  return `http://127.0.0.1:${await connectPort()}`;
}

type External = NonNullable<SuppliedSecrets["external"]>;

/** Nothing for a stack whose config is wrong: `pulumi up` says what is wrong with it. */
function fromStores(stack: string): External[] {
  try {
    const config = stackConfig(stack);
    const names = Object.keys(systems) as SystemName[];
    return names.flatMap((name) => config[name]?.secrets.external ?? []);
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

async function operatorProgram(): Promise<Programs | undefined> {
  try {
    return await toolchain(["external-secrets"]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(
      `${error.message}\nUntil then placeholders stand for what the External Secrets Operator would bring.`,
    );
    return undefined;
  }
}

/** Gives a store what it lacks of the keys that are read there. */
async function fill(cluster: Cluster, { store: stores, keys }: External): Promise<void> {
  const all = Object.values(keys);
  for (const [store, item] of new Map(
    all.map(({ store, item }) => [`${store} ${item}`, [store, item] as const]),
  ).values()) {
    const fields = all.filter((key) => key.store === store && key.item === item).map(({ field }) => field);
    if (store === "kubernetes") await fillSecret(cluster, stores.kubernetes!.namespace, item, fields);
    else if (store === "onepasswordConnect") fillItem(stores.onepasswordConnect!.vault, item, fields);
  }
}

async function fillSecret(
  cluster: Cluster,
  namespace: string,
  name: string,
  keys: readonly string[],
): Promise<void> {
  const api = cluster.kubernetes;
  const path = `/api/v1/namespaces/${namespace}/secrets/${name}`;
  const data: Record<string, string> = (await api.find(path))?.data ?? {};
  const stringData = placeholders(keys.filter((key) => !(key in data)));
  if (Object.keys(stringData).length === 0) return;
  say(`Placeholders in Secret ${name} of namespace ${namespace}: ${Object.keys(stringData).join(", ")}`);
  const metadata = { name: namespace };
  if (!(await api.find(`/api/v1/namespaces/${namespace}`)))
    await api.create("/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
  if (Object.keys(data).length > 0) await api.patch(path, { stringData });
  else await api.apply(path, { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData });
}

function fillItem(vault: string, item: string, fields: readonly string[]): void {
  const vaults = readVaults();
  vaults[vault] ??= {};
  const held = vaults[vault]![item] ?? {};
  const added = placeholders(fields.filter((field) => !(field in held)));
  if (Object.keys(added).length === 0) return;
  say(`Placeholders in ${vaultsFile}, item ${item} of ${vault}: ${Object.keys(added).join(", ")}`);
  vaults[vault]![item] = { ...held, ...added };
  makeFolder(dirname(vaultsFile));
  writeFileSync(vaultsFile, JSON.stringify(vaults, undefined, 2), { mode: 0o600 });
}

function readVaults(): Record<string, Record<string, Record<string, string>>> {
  if (!existsSync(vaultsFile)) return {};
  try {
    return JSON.parse(readFileSync(vaultsFile, "utf8"));
  } catch {
    // The parser's own words would quote the file.
    throw new Failure(`${vaultsFile}, the local stand-in of 1Password, is not JSON. Mend or remove it.`);
  }
}

function placeholders(keys: readonly string[]): Record<string, string> {
  const unique = randomBytes(16).toString("hex");
  return Object.fromEntries(keys.map((key) => [key, `placeholder-${key}-${unique}`]));
}

async function connectPort(): Promise<number> {
  const file = join(state, "1password/port");
  if (!existsSync(file)) {
    const [port] = await freePorts(1);
    makeFolder(dirname(file));
    writeFileSync(file, String(port));
  }
  return Number(readFileSync(file, "utf8"));
}
