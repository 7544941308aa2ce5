import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { declaredSystems } from "../../../systems";
import { podIn } from "../../cluster/connectivity";
import { configOf } from "../shipped-stack";
import { Container } from "./container";
import { type Beside, Process, RunningPod } from "./kubelet";
import { RenderedSystem } from "./rendered-system";
import { botImage, botManager, botManagerImage, jobFor, meet, reaches } from "./vomeet-bot";

const stored: Readonly<Record<string, string>> = {
  "redis-url": "redis://:Pass0word@dragonfly.vomeet:6379/0",
  "whisper-live-url": "ws://whisperlive.vomeet:8000/ws",
};

const beside: Beside = {
  "dragonfly.vomeet": podIn("vomeet"),
  "whisperlive.vomeet": podIn("vomeet"),
  "vomeet-cnpg-rw.vomeet": podIn("vomeet"),
  "vomeet-transcription-collector.vomeet": podIn("vomeet"),
  "webhook.customer.example": { address: "93.184.216.34" },
  "meet.google.com": { address: "142.250.185.78" },
};

let system: RenderedSystem;

beforeAll(async () => {
  const stack = configOf("prod");
  const declared = declaredSystems(stack).find((each) => each.declared.name === "vomeet-bot")!;
  system = await RenderedSystem.of(declared, "prod", stored);
});

const manager = () => new Container(system, system.template("bot-manager"), botManagerImage);

test("the bot-manager starts, is ready, and ends what it has begun before it has to", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const pod = new RunningPod(manager(), botManager, beside);
  await vi.advanceTimersByTimeAsync(120_000);
  expect({ ready: pod.ready, ended: pod.ended }).toEqual({ ready: true, ended: [] });
  const stopped = pod.stop();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(await stopped).toMatchObject({ killed: false });
});

test("an API server that takes half a minute ends no bot-manager", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const pod = new RunningPod(manager(), botManager, beside);
  await vi.advanceTimersByTimeAsync(60_000);
  pod.process.happens("a bot is asked for", 30);
  await vi.advanceTimersByTimeAsync(120_000);
  expect({ ready: pod.ready, ended: pod.ended }).toEqual({ ready: true, ended: [] });
});

test("the bot-manager reaches the database, Redis, the collector and webhooks", () => {
  reaches(new Process(manager(), beside));
});

test("a bot from the template takes part in a meeting, whatever it is called", () => {
  const job = jobFor(new Process(manager(), beside), { id: 42, botName: "$(REDIS_URL) $(DB_PASSWORD) $1" });
  const bot = new Process(new Container(system, job.spec.template, botImage), beside);
  expect(meet(bot).botName).toBe("$(REDIS_URL) $(DB_PASSWORD) $1");
  expect(JSON.stringify(job)).not.toContain("Pass0word");
  // How the bot-manager lists the bots of a user.
  expect(job.metadata.labels).toMatchObject({ "app.kubernetes.io/name": "vomeet-bot", "user-id": "7" });
});

describe("a bot that is told to stop", () => {
  test("hears it, although a shell has started its display first", async () => {
    const container = new Container(system, system.template("vomeet-bot"), botImage);
    using machine = new Machine();
    const bot = machine.start(container.arguments);
    await vi.waitFor(() => expect(machine.has("joined")).toBe(true), { timeout: 60_000 });
    bot.kill("SIGTERM");
    const [code] = await once(bot, "exit");
    expect(code).toBe(143);
    expect(machine.has("left the meeting")).toBe(true);
  });
});

/** A directory in place of /app and /tmp, in which stand-ins are called as the programs that a bot is made of. */
class Machine implements Disposable {
  private readonly directory = mkdtempSync(join(tmpdir(), "muster-bot-"));

  constructor() {
    mkdirSync(join(this.directory, "dist"));
    this.write("Xvfb", "#!/bin/sh\nexec sleep 60\n");
    // Playwright and all behind it.
    this.write(
      "dist/docker.js",
      `const { writeFileSync } = require("node:fs");
       process.on("SIGTERM", () => { writeFileSync("left the meeting", ""); process.exit(143); });
       setInterval(() => {}, 1000);
       writeFileSync("joined", \`\${process.ppid}\`);`,
    );
  }

  private bot?: ChildProcess;

  start(command: readonly string[]): ChildProcess {
    const [program, ...args] = command;
    const path = `${this.directory}:${join(process.execPath, "..")}:/usr/bin:/bin`;
    const options = { cwd: this.directory, env: { PATH: path }, stdio: "ignore", detached: true } as const;
    this.bot = spawn(program!, args, options);
    return this.bot;
  }

  has(file: string): boolean {
    return existsSync(join(this.directory, file));
  }

  private write(name: string, content: string): void {
    writeFileSync(join(this.directory, name), content);
    chmodSync(join(this.directory, name), 0o755);
  }

  [Symbol.dispose](): void {
    // The display, which in a pod ends with its container.
    if (this.bot) process.kill(-this.bot.pid!);
    rmSync(this.directory, { recursive: true });
  }
}
