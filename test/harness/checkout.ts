import { cpSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { execa } from "execa";
import type { SystemName } from "../../systems";
import { Kubernetes } from "../../tools/kubernetes";
import { root } from "../../tools/places";
import { commandLine, processes } from "../../tools/processes";
import { ownFolder, removeFolder } from "./folders";
import { leaveAlone } from "./workspace";

/** A checkout of its own, with its own local cluster, in which commands run as people type them. */
export class Checkout {
  private readonly directory = ownFolder("checkout");
  private readonly project = join(this.directory, "checkout");
  private pulumiHome: string | undefined;
  private readonly environment = { XDG_STATE_HOME: join(this.directory, "state"), NO_COLOR: "1" };

  constructor() {
    const apart = new Set(["node_modules", ".git"]);
    cpSync(root, this.project, {
      recursive: true,
      filter: (path) => path === root || !apart.has(basename(path)),
    });
    symlinkSync(join(root, "node_modules"), join(this.project, "node_modules"));
  }

  addStack(stack: string, file: string): void {
    writeFileSync(join(this.project, `Pulumi.${stack}.yaml`), file);
  }

  /** Takes the other systems out of a stack. */
  leaveAlone(stack: string, system: SystemName): void {
    leaveAlone(join(this.project, `Pulumi.${stack}.yaml`), system);
  }

  /** `npm start -- --stack …`, running. */
  start(stack: string) {
    const options = { cwd: this.project, env: this.environment, reject: false, all: true } as const;
    return execa("node", ["commands/run.mjs", "start", "--stack", stack], options);
  }

  /** `npm run stop`, to its end. */
  async stop(): Promise<void> {
    await execa("node", ["commands/run.mjs", "stop"], { cwd: this.project, env: this.environment });
  }

  /** A line in the shell that `eval "$(npm run -s env)"` makes; fails if the line does. */
  async shell(line: string): Promise<string> {
    const script = `eval "$(node commands/run.mjs env)" && ${line}`;
    return (await execa("bash", ["-c", script], { cwd: this.project, env: this.environment })).stdout;
  }

  async kubernetes(): Promise<Kubernetes> {
    return new Kubernetes(await this.shell('echo "$KUBECONFIG"'));
  }

  /** The process of the CLI that holds a stack, by its lock. */
  holderOf(stack: string): number | undefined {
    const locks = this.stateFiles().filter((path) => path.includes(`/locks/`) && path.includes(`/${stack}/`));
    return locks.map((path) => JSON.parse(readFileSync(path, "utf8")).pid).at(0);
  }

  /** The JSON files outside the checkout that its commands keep. */
  stateFiles(): string[] {
    return readdirSync(this.environment.XDG_STATE_HOME, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
      .map((entry) => join(entry.parentPath, entry.name));
  }

  /** The command lines of what runs of its local cluster. */
  clusterProcesses(): string[] {
    const all = processes((command) => command.startsWith(this.environment.XDG_STATE_HOME));
    return all.flatMap((pid) => commandLine(pid) ?? []);
  }

  /** The command lines of what still runs of its runs: CLI, language host, providers. */
  async pulumiProcesses(): Promise<string[]> {
    this.pulumiHome ??= await this.shell('echo "$PULUMI_HOME"');
    const home = `PULUMI_HOME=${this.pulumiHome}`;
    return readdirSync("/proc").flatMap((pid) => {
      try {
        const ofHome = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(home);
        return ofHome ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") : [];
      } catch {
        return []; // not a process, or ended meanwhile
      }
    });
  }

  async dispose(): Promise<void> {
    const options = { cwd: this.project, env: this.environment };
    await execa("node", ["commands/run.mjs", "stop", "--delete"], options);
    await removeFolder(this.directory);
  }
}
