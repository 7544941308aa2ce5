import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type RedisWorkload, redisConfig } from "../../components/redis";

export const redisInstalled = spawnSync("redis-server", ["--version"]).status === 0;

/** A real redis-server with the configuration that Muster gives a Redis: only paths, port and password differ. */
export class RedisServer {
  static async start(redis: RedisWorkload): Promise<RedisServer> {
    const directory = mkdtempSync(join(tmpdir(), "muster-redis-"));
    const port = await freePort();
    const config = redisConfig(redis)
      .files["redis.conf"]!.replace("/etc/redis-auth", directory)
      .replace("/data", directory)
      .replace("port 6379", `port ${port}`)
      .replace("bind * -::*", "bind 127.0.0.1");
    writeFileSync(join(directory, "auth.conf"), "requirepass correct-horse\n");
    writeFileSync(join(directory, "redis.conf"), config);
    const server = new RedisServer(directory, port);
    for (let left = 100; left > 0 && server.cli("PING") === ""; left--) await setTimeout(50);
    return server;
  }

  private readonly process: ReturnType<typeof spawn>;

  private constructor(
    private readonly directory: string,
    readonly port: number,
  ) {
    this.process = spawn("redis-server", [join(directory, "redis.conf")], { stdio: "ignore" });
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    this.process.kill();
    await ended;
    rmSync(this.directory, { recursive: true });
  }

  /** What redis-cli says without a password. */
  cli(...args: string[]): string {
    return this.run(args, {});
  }

  /** What it says with the password. */
  authenticated(...args: string[]): string {
    return this.run(args, this.password);
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

  private readonly password = { REDISCLI_AUTH: "correct-horse" };

  private run(args: string[], env: Record<string, string>): string {
    const { stdout } = spawnSync("redis-cli", ["-p", `${this.port}`, ...args], {
      env: { ...process.env, ...env },
    });
    return stdout.toString().trim();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
