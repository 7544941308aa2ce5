import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { parse } from "yaml";
import { Failure } from "./failure";
import { Kubernetes } from "./kubernetes";
import { isFree } from "./ports";
import { commandLine, end, processes } from "./processes";
import type { Programs } from "./toolchain";

/** A Kubernetes control plane on this machine, reachable from it alone, with simulated nodes. */
export class Cluster {
  readonly kubeconfig: string;
  private readonly name: string;
  /** Its processes, logs and certificates. */
  readonly home: string;

  constructor(
    readonly directory: string,
    /** The programs that start it; stopping and removing need none. */
    private readonly programs: Programs = {},
  ) {
    this.kubeconfig = join(directory, "kubeconfig");
    this.name = basename(directory);
    this.home = join(directory, "clusters", this.name);
  }

  get apiServerUrl(): string {
    return parse(readFileSync(this.kubeconfig, "utf8")).clusters[0].cluster.server;
  }

  get kubernetes(): Kubernetes {
    return new Kubernetes(this.kubeconfig);
  }

  /** Whether it was once made to the end: one of which only a part was made is of no use. */
  get isComplete(): boolean {
    return existsSync(join(this.directory, "complete"));
  }

  /** The Kubernetes that it was made with. */
  get version(): string {
    return readFileSync(join(this.directory, "complete"), "utf8");
  }

  /** The processes that run, by component: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kwok-controller. */
  get pids(): Readonly<Record<string, number>> {
    const folder = join(this.home, "pids");
    if (!existsSync(folder)) return {};
    const read = (file: string) => Number(readFileSync(join(folder, file), "utf8"));
    const all = readdirSync(folder).map((file) => [basename(file, ".pid"), read(file)] as const);
    return Object.fromEntries(all.filter(([, pid]) => commandLine(pid)?.includes(this.home)));
  }

  /** Where each component listens. */
  get components(): readonly {
    readonly name: string;
    readonly ports?: readonly { readonly port: number }[];
  }[] {
    return parse(readFileSync(join(this.home, "kwok.yaml"), "utf8")).components;
  }

  /** Whether every process of it runs, and the API server answers. */
  async runs(): Promise<boolean> {
    return this.ended.length === 0 && (await this.answers());
  }

  /** The components whose process does not run. */
  private get ended(): string[] {
    const { pids } = this;
    return this.components.map(({ name }) => name).filter((name) => !(name in pids));
  }

  private async answers(): Promise<boolean> {
    try {
      await this.kubernetes.get("/readyz");
      return true;
    } catch {
      return false;
    }
  }

  /** Starts those of its processes that do not run. */
  async start(): Promise<void> {
    await this.checkPorts();
    await this.startEnded();
    await this.untilReady();
  }

  private async startEnded(): Promise<void> {
    this.forgetForeignPids();
    await this.kwokctl("start", "cluster");
  }

  async untilReady(): Promise<void> {
    await this.until("does not answer", () => this.answers());
  }

  /**
   * Waits for something of it. The others give up where etcd or the API server take half a minute to answer, as on a
   * busy machine: what has ended is started again.
   */
  async until(orElse: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + 600_000;
    while (!(await holds().catch(() => false)) || this.ended.length > 0) {
      const { ended } = this;
      const without = ended.length > 0 ? `, without ${ended.join(", ")}` : "";
      if (Date.now() > end) throw this.failure(`${orElse} after ten minutes${without}`);
      if (ended.length > 0) await this.startEnded();
      await setTimeout(200);
    }
  }

  /** By signals alone, each part before what it talks to: whatever of the toolchain is there. */
  async stop(): Promise<void> {
    const { "kube-apiserver": apiServer, etcd } = this.pids;
    const last = [apiServer, etcd].filter((pid) => pid !== undefined);
    const all = new Set([...Object.values(this.pids), ...this.processesOf()]);
    await end(
      [...all].filter((pid) => !last.includes(pid)),
      "SIGTERM",
    );
    for (const pid of last) await end([pid], "SIGTERM");
    this.forgetForeignPids();
  }

  /** Starts a program that belongs to the cluster, if it does not run: it stops and goes with it. It logs beside the others. */
  startBeside(
    name: string,
    program: string,
    args: readonly string[],
    env: Record<string, string> = {},
  ): void {
    if (this.processesOf(name).length > 0) return;
    // By this path it is known as this cluster's own.
    const path = join(this.home, "bin", name);
    rmSync(path, { force: true });
    symlinkSync(program, path);
    const log = openSync(join(this.home, "logs", `${name}.log`), "a");
    spawn(path, args, {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...env },
    }).unref();
    closeSync(log);
  }

  async stopBeside(name: string): Promise<void> {
    await end(this.processesOf(name), "SIGTERM");
  }

  /** The processes of one of its programs, or of all. */
  private processesOf(name?: string): number[] {
    const bin = join(this.home, "bin/");
    return processes((command) => `${command} `.startsWith(name ? `${bin}${name} ` : bin));
  }

  async delete(): Promise<void> {
    if (this.isComplete && (await this.answers())) await this.removeVolumes();
    await this.removeRemains();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }

  /** For tests of faults: ends the API server alone, at once; `start` brings it back. */
  async killApiServer(): Promise<void> {
    const pid = this.pids["kube-apiserver"];
    if (pid !== undefined) await end([pid], "SIGKILL");
  }

  /** Ends all its processes, also of one that is still being made, and removes its folder but for the lock. */
  async removeRemains(): Promise<void> {
    const making = (command: string) =>
      /^\S*kwokctl /.test(command) && command.includes(` ${this.directory}/`);
    await end([...processes(making), ...this.processesOf()], "SIGKILL");
    for (const name of ["clusters", "kubeconfig", "complete"])
      rmSync(join(this.directory, name), { recursive: true, force: true, maxRetries: 5 });
  }

  /** The controller-manager makes an empty directory for each volume, outside the cluster's own. */
  private async removeVolumes(): Promise<void> {
    for (const { spec } of await this.kubernetes.list("/api/v1/persistentvolumes"))
      if (spec.hostPath) rmSync(spec.hostPath.path, { recursive: true, force: true });
  }

  async kwokctl(...args: string[]): Promise<void> {
    const env = { KWOK_WORKDIR: this.directory, HOME: this.directory };
    const done = await execa(this.programs.kwokctl!, ["--name", this.name, ...args], { env, reject: false });
    if (done.failed) throw this.failure(`\`kwokctl ${args.join(" ")}\` failed:\n${messages(done.stderr)}`);
  }

  /** After a reboot another process may have the id: it must be neither taken for ours nor stopped. */
  private forgetForeignPids(): void {
    const folder = join(this.home, "pids");
    if (!existsSync(folder)) return;
    const ours = this.pids;
    for (const file of readdirSync(folder)) if (!(basename(file, ".pid") in ours)) rmSync(join(folder, file));
  }

  private async checkPorts(): Promise<void> {
    for (const { name, ports } of this.components) {
      if (name in this.pids) continue;
      for (const { port } of ports ?? [])
        if (!(await isFree(port)))
          throw new Failure(
            [
              `The local cluster cannot start: port ${port}, which its ${name} has, is taken by another program.`,
              "End that program, or remove the cluster (`npm run stop -- --delete`) and start anew.",
            ].join("\n"),
          );
    }
  }

  private failure(what: string): Failure {
    return new Failure(
      [
        `The local cluster ${what}`,
        `Its logs: ${join(this.home, "logs")}`,
        "Run the same command again; if it stays so, remove the cluster with `npm run stop -- --delete`.",
      ].join("\n"),
    );
  }
}

/** kwokctl logs JSON lines; a person wants the messages. */
function messages(log: string): string {
  return log
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      try {
        const { level, msg, err } = JSON.parse(line);
        return level === "INFO" ? "" : `  ${msg}${err ? `: ${JSON.stringify(err)}` : ""}`;
      } catch {
        return `  ${line}`;
      }
    })
    .filter(Boolean)
    .join("\n");
}
