import { randomBytes } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa } from "execa";
import { parse } from "yaml";
import { Failure } from "./failure";
import { makeFolder } from "./folder";
import { withLock } from "./lock";
import { parts } from "./parts";
import { root, state } from "./places";
import { stacks } from "./stack-files";
import type { Programs } from "./toolchain";

/** What makes plain `pulumi` and `kubectl` work on the local cluster. */
export interface Environment {
  /** Folders that stand first on PATH. */
  readonly path: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

/** Variables by which people choose a backend of their own. They are unset here, where they would lead elsewhere. */
export const foreignVariables = [
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_CLOUD_SECRET_OVERRIDE",
  "PULUMI_DIY_BACKEND_GZIP",
  "PULUMI_DIY_BACKEND_LEGACY_LAYOUT",
  "PULUMI_SELF_MANAGED_STATE_GZIP",
  "PULUMI_SELF_MANAGED_STATE_LEGACY_LAYOUT",
  "PULUMI_OPTION_CONFIG_FILE",
  "PULUMI_OPTION_CWD",
  "PULUMI_OPTION_STACK",
] as const;

/** The environment as a child process takes it. */
export function variablesOf({ path, variables }: Environment): Record<string, string | undefined> {
  const foreign = Object.fromEntries(foreignVariables.map((name) => [name, undefined]));
  return { ...foreign, ...variables, PATH: [...path, process.env.PATH].join(delimiter) };
}

/** What the stacks of one directory share: Pulumi's home, its backend and the passphrase of the secrets. */
export interface EnvironmentArgs {
  /** The folder that holds them. */
  readonly directory: string;
  /** Path of the kubeconfig; empty where there is no cluster. */
  readonly kubeconfig: string;
  readonly programs: Programs;
}

/** Lays out what Pulumi expects in the directory, and tells the variables that lead there. */
export function pulumiEnvironment({ directory, kubeconfig, programs }: EnvironmentArgs): Environment {
  const home = join(directory, "pulumi");
  const backend = join(directory, "backend");
  const passphrase = join(directory, "passphrase");
  const bin = join(directory, "bin");
  for (const folder of [backend, bin, join(home, "plugins")]) makeFolder(folder);

  if (!existsSync(passphrase)) {
    // Whole or not at all: with half of it, nothing that was encrypted could be read again.
    writeFileSync(`${passphrase}.new`, randomBytes(24).toString("hex"), { mode: 0o600 });
    renameSync(`${passphrase}.new`, passphrase);
  }
  // The CLI logs every run, whole, into this folder, at a sixth of a preview's time, and has no switch for it.
  // With a file in the folder's place it goes on without.
  const logs = join(home, "logs");
  if (!existsSync(logs))
    writeFileSync(logs, "A file in the place of the folder keeps the CLI from logging.\n");

  for (const part of Object.values(parts)) {
    const plugin = programs[part.name];
    if (part.versionCommand !== undefined || plugin === undefined) continue;
    const folder = join(home, "plugins", `${part.name.replace("pulumi-", "")}-v${part.version}`);
    makeFolder(folder);
    link(plugin, join(folder, part.name));
  }
  for (const [name, path] of Object.entries(programs))
    if (!name.startsWith("pulumi-resource-")) link(path, join(bin, name));

  const variables = {
    KUBECONFIG: kubeconfig,
    ...(kubeconfig && {
      MUSTER_LOCAL_KUBECONFIG: kubeconfig,
      MUSTER_LOCAL_API_SERVER: parse(readFileSync(kubeconfig, "utf8")).clusters[0].cluster.server,
    }),
    PULUMI_HOME: home,
    // Without metadata: the backend writes that into a file beside the state, and a run that is killed meanwhile
    // leaves it cut off, after which the state, whole as it is, cannot be read ("failed to load checkpoint: EOF").
    PULUMI_BACKEND_URL: `${pathToFileURL(backend)}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Otherwise the backend keeps a copy of the state of every run for good, and this cluster can be made again.
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
  };
  return { path: [bin], variables };
}

/** The environment of this checkout's local cluster: as above, with the launcher that keeps the checkout clean. */
export async function localEnvironment({
  connectUrl,
  ...args
}: Omit<EnvironmentArgs, "directory"> & { connectUrl: string }): Promise<Environment> {
  return withLock(join(state, "environment"), "sets up this checkout's local environment", async () => {
    const plain = pulumiEnvironment({ directory: state, ...args });
    const environment = {
      path: [join(root, "tools/launcher"), ...plain.path],
      variables: {
        ...plain.variables,
        MUSTER_LOCAL_CONNECT: connectUrl,
        MUSTER_STATE: state,
        MUSTER_PULUMI_CLI: args.programs.pulumi!,
        // A stack file without a salt then has that of the stack's state, and not a new one at each run.
        PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
      },
    };
    await addStacks(environment);
    forgetOldRuns();
    return environment;
  });
}

/** The backend keeps a copy of the state for each run, for ever; the last runs are enough for `pulumi stack history`. */
function forgetOldRuns(): void {
  const history = join(state, "backend/.pulumi/history/muster");
  if (!existsSync(history)) return;
  for (const stack of readdirSync(history)) {
    const files = readdirSync(join(history, stack)).sort(); // <stack>-<nanoseconds>.{checkpoint,history}.json[.attrs]
    for (const file of files.slice(0, -4 * keptRuns)) rmSync(join(history, stack, file));
  }
}

const keptRuns = 50;

/** The stacks that the checkout has a file for exist, so that `pulumi preview --stack prod` works at once. */
async function addStacks(environment: Environment): Promise<void> {
  const missing = stacks().filter((stack) => !existsSync(stateOf(stack)));
  if (missing.length > 0) {
    // Elsewhere, since `stack init` writes a stack file.
    const elsewhere = mkdtempSync(join(tmpdir(), "muster-stacks-"));
    copyFileSync(join(root, "Pulumi.yaml"), join(elsewhere, "Pulumi.yaml"));
    for (const stack of missing)
      await pulumi(["stack", "init", stack, "--no-select"], elsewhere, environment, /already exists/);
    rmSync(elsewhere, { recursive: true });
  }
  const selected = await pulumi(["stack", "--show-name"], root, environment, /no stack/);
  const first = stacks().includes("dev") ? "dev" : stacks()[0];
  if (!selected && first !== undefined) await pulumi(["stack", "select", first], root, environment);
}

/** Where the local backend keeps a stack. */
export function stateOf(stack: string): string {
  return join(state, "backend/.pulumi/stacks/muster", `${stack}.json`);
}

async function pulumi(
  args: string[],
  cwd: string,
  environment: Environment,
  allowed?: RegExp,
): Promise<string> {
  const options = { cwd, env: variablesOf(environment), reject: false } as const;
  const cli = environment.variables.MUSTER_PULUMI_CLI!;
  const { failed, stdout, stderr } = await execa(cli, [...args, "--non-interactive"], options);
  if (failed && !allowed?.test(stderr)) throw new Failure(`\`pulumi ${args.join(" ")}\` failed:\n${stderr}`);
  return failed ? "" : stdout;
}

/** In one step, since another command may look at the same time. */
function link(target: string, path: string): void {
  const made = `${path}.${process.pid}`;
  rmSync(made, { force: true });
  symlinkSync(target, made);
  renameSync(made, path);
}
