import { type ChildProcess, execFileSync, type StdioOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { ServerCommand } from "../../components/password-commands";
import type { PodDeclaration } from "../../components/pod-template";
import { type PostgresqlWorkload, postgresqlConfig, postgresqlPod } from "../../components/postgresql";
import type { Probe } from "../../components/probe";
import { freePort } from "./free-port";

/** Debian keeps the server's programs out of PATH, and pg_config knows where. */
export const bin = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" }).stdout?.trim() ?? "";

/** The programs of a newer major version, where the tests are given one. */
export const newerBin = process.env.MUSTER_TEST_NEWER_POSTGRESQL ?? bin;

// PostgreSQL refuses to run as root: there it runs as the user that its package makes.
const user = process.getuid?.() === 0 ? { uid: idOfPostgres("-u"), gid: idOfPostgres("-g") } : undefined;

export const postgresqlInstalled = existsSync(join(bin, "initdb")) && user?.uid !== 0;

/** A volume, and the real PostgreSQL that runs on it as in the pod that Muster declares: only paths and port differ. */
export class PostgresqlServer {
  static async create(postgresql: PostgresqlWorkload): Promise<PostgresqlServer> {
    return new PostgresqlServer(postgresql, await freePort());
  }

  /** What the server has printed. */
  log = "";
  /** The directory that stands for its volume, and for what else is mounted in its pod. */
  readonly directory = mkdtempSync(join(tmpdir(), "muster-postgresql-"));
  private readonly pod: PodDeclaration;
  private readonly environment: Record<string, string>;
  private programs = bin;
  private process?: ChildProcess;

  private constructor(
    private readonly postgresql: PostgresqlWorkload,
    readonly port: number,
  ) {
    this.pod = postgresqlPod(postgresql);
    for (const [name, content] of Object.entries(postgresqlConfig(postgresql).files))
      writeFileSync(join(this.directory, name), this.here(content));
    if (user) chownSync(this.directory, user.uid, user.gid);
    this.environment = {
      PATH: `${bin}:${process.env.PATH}`,
      PGDATA: join(this.directory, "pgdata"),
      PGHOST: this.directory,
      PGPORT: `${port}`,
    };
  }

  /** Starts the pod with the passwords in its Secret, and the login that one is of, as the image and the kubelet do. */
  async start(
    password: string,
    superuserPassword = "superuser-password",
    login = this.postgresql.user,
  ): Promise<void> {
    // The image trusts its own loopback; here a client on loopback stands for another pod.
    const initialise = ["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256"];
    if (!existsSync(this.environment.PGDATA!))
      execFileSync(join(this.programs, "initdb"), initialise, {
        ...user,
        env: this.environment,
        stdio: "ignore",
      });
    this.spawn();
    const { status, stderr } = this.run(this.pod.postStart!, {
      APPLICATION_USER: login,
      APPLICATION_PASSWORD: password,
      POSTGRES_PASSWORD: superuserPassword,
    });
    if (status !== 0) throw new Error(`postStart: ${stderr}`);
  }

  /** From the next start on it is the server of another image. */
  use(programs: string): void {
    this.programs = programs;
    this.environment.PATH = `${programs}:${process.env.PATH}`;
  }

  /** Stops it as the kubelet does, by the signal of the image. */
  async stop(): Promise<void> {
    await this.end("SIGINT");
  }

  /** Ends it at once, as a node that fails does. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  async delete(): Promise<void> {
    if (this.process) await this.end("SIGKILL");
    rmSync(this.directory, { recursive: true });
  }

  /** Whether the kubelet takes it for ready. */
  ready(): boolean {
    return this.succeeds(this.pod.readiness!);
  }

  /** What each of the pod's probes finds. */
  probes() {
    const { startup, liveness, readiness } = this.pod;
    return {
      started: this.succeeds(startup!),
      alive: this.succeeds(liveness!),
      ready: this.succeeds(readiness!),
    };
  }

  private succeeds({ check }: Probe): boolean {
    if (!("command" in check)) throw new Error("the probes of PostgreSQL are commands");
    return this.run(check.command).status === 0;
  }

  /** Starts it on a volume that is being restored: it answers, and lets nobody in until what it waits for comes. */
  startRecovering(): void {
    writeFileSync(join(this.environment.PGDATA!, "recovery.signal"), "");
    this.spawn("-crestore_command=sleep 30; false");
  }

  /** Stops it as the kubelet does when it is still recovering. */
  async stopRecovering(): Promise<void> {
    await this.end("SIGQUIT");
    rmSync(join(this.environment.PGDATA!, "recovery.signal"));
  }

  /** What the database answers to an application in another pod; an error is its text. */
  application(
    password: string,
    sql: string,
    { user = this.postgresql.user, database = this.postgresql.database } = {},
  ): string {
    const url = `postgresql://${user}:${password}@127.0.0.1:${this.port}/${database}`;
    const { stdout, stderr } = this.run(psql(url, sql));
    return (stdout + stderr).trim();
  }

  /** The same of something that takes its time. */
  async session(password: string, sql: string): Promise<string> {
    const { user, database } = this.postgresql;
    const [program, ...args] = psql(
      `postgresql://${user}:${password}@127.0.0.1:${this.port}/${database}`,
      sql,
    );
    const session = spawn(program!, args, { env: this.environment });
    let said = "";
    for (const output of [session.stdout, session.stderr])
      output.on("data", (chunk: Buffer) => {
        said += chunk.toString();
      });
    await once(session, "close");
    return said;
  }

  /** Runs a command as in the container. */
  async exec({ command, input }: ServerCommand): Promise<void> {
    const [program, ...args] = command.map((word) => this.here(word));
    await execa(program!, args, { ...user, env: this.environment, extendEnv: false, input });
  }

  /** What another pod is answered. */
  async client(login: string, password: string, sql: string): Promise<string> {
    const url = `postgresql://${login}:${password}@127.0.0.1:${this.port}/${this.postgresql.database}`;
    const [program, ...args] = psql(url, sql);
    return (await execa(program!, args, { env: this.environment, reject: false, all: true })).all!;
  }

  private spawn(...more: readonly string[]): void {
    const settings = ["-clisten_addresses=127.0.0.1", `-cunix_socket_directories=${this.directory}`, ...more];
    const stdio: StdioOptions = ["ignore", "ignore", "pipe"];
    this.process = spawn(join(this.programs, "postgres"), settings, {
      ...user,
      env: this.environment,
      stdio,
    });
    this.process.stderr!.on("data", (chunk: Buffer) => {
      this.log += chunk.toString();
    });
  }

  private run(command: readonly string[], more: Record<string, string> = {}) {
    const [program, ...args] = command.map((word) => this.here(word));
    const env = { ...this.environment, ...more };
    return spawnSync(program!, args, { ...user, env, encoding: "utf8", timeout: 30_000 });
  }

  private here(text: string): string {
    return text.replaceAll("/etc/postgresql-setup", this.directory);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    // Closed when the last of its processes is gone.
    const closed = once(this.process!, "close");
    this.process!.kill(signal);
    await closed;
    this.process = undefined;
  }
}

function psql(url: string, sql: string): string[] {
  return ["psql", "--no-psqlrc", "--tuples-only", "--no-align", `--dbname=${url}`, `--command=${sql}`];
}

/** 0 where there is no such user. */
function idOfPostgres(option: "-u" | "-g"): number {
  return Number(spawnSync("id", [option, "postgres"], { encoding: "utf8" }).stdout);
}
