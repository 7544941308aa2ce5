import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import type { ServerCommand } from "../../components/password-commands";
import type { Probe } from "../../components/probe";
import { type RedisWorkload, redisConfig } from "../../components/redis";
import { freePort } from "./free-port";

export const redisInstalled = spawnSync("redis-server", ["--version"]).status === 0;

/** A real redis-server with the configuration that Muster gives a Redis: only paths, port and password differ. */
export class RedisServer {
  static async start(redis: RedisWorkload, password = "correct-horse"): Promise<RedisServer> {
    const directory = mkdtempSync(join(tmpdir(), "muster-redis-"));
    const port = await freePort();
    const config = redisConfig(redis)
      .files["redis.conf"]!.replace("/etc/redis-auth", directory)
      .replace("/data", directory)
      .replace("port 6379", `port ${port}`)
      .replace("bind * -::*", "bind 127.0.0.1");
    writeFileSync(join(directory, "auth.conf"), `requirepass ${password}\n`);
    writeFileSync(join(directory, "redis.conf"), config);
    const server = new RedisServer(directory, port, password);
    await server.run();
    return server;
  }

  private process?: ChildProcess;

  private constructor(
    readonly directory: string,
    readonly port: number,
    password: string,
  ) {
    this.password = { REDISCLI_AUTH: password };
  }

  /** Waits until its append-only file has all that it took: on a busy disk it answers up to two seconds before. */
  async written(): Promise<void> {
    while (!this.authenticated("INFO", "persistence").includes("aof_buffer_length:0")) await setTimeout(50);
  }

  /** Ends it at once, as a node that fails does, and starts it again on what is left. */
  async crash(): Promise<void> {
    await this.end("SIGKILL");
    await this.run();
  }

  /** Runs something while it is not there. */
  async without(something: () => Promise<void>): Promise<void> {
    await this.end("SIGKILL");
    try {
      await something();
    } finally {
      await this.run();
    }
  }

  /** As `crash`, on a machine that is slower or has less room, and without waiting until it serves. */
  async crashOnto({ shell = "", settings = [] as readonly string[] }): Promise<void> {
    await this.end("SIGKILL");
    this.process = this.spawn(shell, settings);
  }

  /** Whether a probe of the pod succeeds: only the port differs. */
  probe({ check }: Probe): boolean {
    if (!("command" in check)) throw new Error("the probes of Redis are commands");
    const [program, ...args] = check.command.map((word) => word.replace("6379", `${this.port}`));
    return spawnSync(program!, args, { env: { ...process.env, ...this.password } }).status === 0;
  }

  async stop(): Promise<void> {
    await this.end("SIGTERM");
    rmSync(this.directory, { recursive: true });
  }

  private async run(): Promise<void> {
    this.process = this.spawn();
    for (let left = 600; left > 0 && this.authenticated("PING") !== "PONG"; left--) await setTimeout(50);
  }

  private spawn(shell = "", settings: readonly string[] = []): ChildProcess {
    const start = `${shell}\nexec redis-server "$@"`;
    const args = [join(this.directory, "redis.conf"), ...settings];
    return spawn("sh", ["-c", start, "sh", ...args], { stdio: "ignore" });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const ended = once(this.process!, "exit");
    this.process!.kill(signal);
    await ended;
  }

  /** Runs a command as in the container, whose variable has the password of its start. */
  async exec({ command, input }: ServerCommand): Promise<void> {
    const [program, ...args] = command.map((word) => word.replaceAll("6379", `${this.port}`));
    await execa(program!, args, { env: this.password, input });
  }

  /** What another pod is answered. */
  async client(password: string, ...args: string[]): Promise<string> {
    const options = { env: { REDISCLI_AUTH: password }, all: true };
    return (await execa("redis-cli", ["-p", `${this.port}`, ...args], options)).all!;
  }

  /** What redis-cli says without a password. */
  cli(...args: string[]): string {
    return this.ask(args, {});
  }

  /** What it says with the password. */
  authenticated(...args: string[]): string {
    return this.ask(args, this.password);
  }

  /** Says something to it, and resolves when it has answered. */
  async begin(...args: string[]): Promise<void> {
    const client = spawn("redis-cli", ["-p", `${this.port}`, ...args], {
      env: { ...process.env, ...this.password },
      stdio: "ignore",
    });
    await once(client, "exit");
  }

  /** Listens to channels by pattern; `events` has what comes, as "channel message". */
  async subscribe(pattern: string): Promise<{ readonly events: readonly string[]; stop(): void }> {
    const args = ["-p", `${this.port}`, "--csv", "PSUBSCRIBE", pattern];
    const subscriber = spawn("redis-cli", args, { env: { ...process.env, ...this.password } });
    const events: string[] = [];
    let output = "";
    subscriber.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const lines = output.split("\n").map((line) => line.replaceAll('"', "").split(","));
      events.splice(
        0,
        events.length,
        ...lines.flatMap(([kind, , channel, message]) =>
          kind === "pmessage" ? `${channel} ${message}` : [],
        ),
      );
    });
    for (let left = 100; left > 0 && !output.includes("psubscribe"); left--) await setTimeout(50);
    return { events, stop: () => subscriber.kill() };
  }

  private readonly password: { readonly REDISCLI_AUTH: string };

  private ask(args: string[], env: Record<string, string>): string {
    const { stdout } = spawnSync("redis-cli", ["-p", `${this.port}`, ...args], {
      env: { ...process.env, ...env },
    });
    return stdout.toString().trim();
  }
}
