import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { parseDocument } from "yaml";
import { type SystemName, systems } from "../../systems";
import { pulumiEnvironment, variablesOf } from "../../tools/environment";
import { localParts } from "../../tools/local";
import type { PartName } from "../../tools/parts";
import { copyProject } from "../../tools/project-copy";
import { toolchain } from "../../tools/toolchain";
import { testKubeconfig } from "./cluster";
import { emptyCluster } from "./empty-cluster";
import { ownFolder, removeFolder } from "./folders";

/** What a `pulumi` command came to. */
export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  /** Everything that it printed, as a person sees it. */
  readonly output: string;
}

/**
 * A copy of the project with a stack, a state and a Pulumi home of its own, on the test cluster. Of the systems in
 * the stack's file it has all, or the one that is named.
 */
export async function createWorkspace(
  stack: string,
  {
    only,
    kubeconfig = testKubeconfig(),
    parts = [],
    variables = {},
  }: {
    readonly only?: SystemName;
    readonly kubeconfig?: string;
    /** Of the toolchain, beside those that every stack needs. */
    readonly parts?: readonly PartName[];
    /** Of the environment, beside those of every workspace or in their place. */
    readonly variables?: Readonly<Record<string, string>>;
  } = {},
): Promise<Workspace> {
  const directory = ownFolder("workspace");
  const programs = await toolchain([...localParts, ...parts]);
  const environment = pulumiEnvironment({ directory, kubeconfig, programs });
  const project = join(directory, "project");
  copyProject(project);
  if (only) leaveAlone(join(project, `Pulumi.${stack}.yaml`), only);
  const workspace = new Workspace(directory, project, {
    ...variablesOf(environment),
    PULUMI_OPTION_NON_INTERACTIVE: "true",
    PULUMI_OPTION_COLOR: "never",
    // Written once, at the end of a run: between its steps it is looked at by those alone that kill one.
    PULUMI_SKIP_CHECKPOINTS: "true",
    // These processes are over before their garbage is worth collecting often.
    GOGC: "400",
    ...variables,
  });
  const { exitCode, output } = await workspace.pulumi("stack", "init", stack);
  if (exitCode !== 0) throw new Error(output);
  return workspace;
}

export class Workspace {
  constructor(
    private readonly directory: string,
    /** The copy of the project. */
    readonly project: string,
    /** The environment that its commands run in. */
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** Runs a command in the copy to its end, whatever that is. */
  async pulumi(...args: string[]): Promise<Result> {
    const options = { cwd: this.project, env: this.environment, reject: false, all: true } as const;
    const { exitCode, stdout, all } = await execa("pulumi", args, options);
    return { exitCode, stdout, output: all ?? "" };
  }

  /** Runs a command that has to succeed, and gives what it printed. */
  async succeeds(...args: string[]): Promise<string> {
    const { exitCode, stdout, output } = await this.pulumi(...args);
    if (exitCode !== 0) throw new Error(`pulumi ${args.join(" ")}: exit code ${exitCode}\n${output}`);
    return stdout;
  }

  /** Runs one of Muster's commands in the copy to its end, whatever that is. */
  async command(name: string, ...args: string[]): Promise<Result> {
    const options = { cwd: this.project, env: this.environment, reject: false, all: true } as const;
    const { exitCode, stdout, all } = await execa("node", ["commands/run.mjs", name, ...args], options);
    return { exitCode, stdout, output: all ?? "" };
  }

  /** Sets values by their paths, as `pulumi config set --path` does, all in one command. */
  async configure(settings: Readonly<Record<string, string>>): Promise<void> {
    const values = Object.entries(settings).flatMap(([path, value]) => ["--plaintext", `${path}=${value}`]);
    await this.succeeds("config", "set-all", "--path", ...values);
  }

  /** Adds a stack with a file of its own. */
  async addStack(stack: string, file: string): Promise<void> {
    writeFileSync(join(this.project, `Pulumi.${stack}.yaml`), file);
    await this.succeeds("stack", "init", stack);
  }

  /** Changes a file of the copy. */
  async edit(file: string, change: (text: string) => string): Promise<void> {
    const path = join(this.project, file);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`${file}: the edit changes nothing`);
    writeFileSync(path, after);
  }

  /** Everything that the backend keeps, as one text. */
  async stateFiles(): Promise<string> {
    const backend = join(this.directory, "backend");
    return readdirSync(backend, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
      .join("\n");
  }

  /** Removes the copy, and from the cluster what is left of its stack. */
  async dispose(): Promise<void> {
    await removeFolder(this.directory);
    await emptyCluster();
  }
}

/** Takes the other systems out of a stack's file. */
export function leaveAlone(file: string, only: SystemName): void {
  const document = parseDocument(readFileSync(file, "utf8"));
  for (const other of Object.keys(systems))
    if (other !== only) document.deleteIn(["config", `muster:${other}`]);
  writeFileSync(file, document.toString({ lineWidth: 0 }));
}
