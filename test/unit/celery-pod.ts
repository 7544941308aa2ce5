import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Container } from "./images/container";
import type { RedisServer } from "./redis-server";

// Anybody but root, who may write everywhere.
const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
// Debian's own python3 has Debian's Celery.
const python = ["/usr/bin/python3", "python3"].find(
  (each) => spawnSync(each, ["-c", "import celery, redis"], user).status === 0,
);

export const celeryInstalled = python !== undefined;

// As the packages of the image lie: settings in one, Celery's application in the other. It opens its logs as it starts.
const files = {
  "config/__init__.py": "",
  "core/__init__.py": "from .celery import app as celery_app\n",
  "core/celery.py": `import os, time
from celery import Celery
open("logs/celery.log", "a")
app = Celery("stand_in")
app.conf.broker_url = os.environ["CELERY_BROKER_URL"]
app.conf.result_backend = os.environ["CELERY_RESULT_BACKEND"]
app.conf.task_track_started = True
app.conf.beat_schedule = {"each second": {"task": "core.celery.tick", "schedule": 1.0}}
@app.task
def tick():
    pass
@app.task
def work(seconds):
    time.sleep(seconds)
    return "done"
`,
};

type Probe = "startupProbe" | "livenessProbe" | "readinessProbe";

/** The real Celery, with the command, environment and writable paths of a pod: only addresses and paths differ. */
export class CeleryPod {
  /** What it has printed. */
  log = "";
  private readonly directory = mkdtempSync(join(tmpdir(), "muster-celery-"));
  private process?: ChildProcess;

  constructor(
    private readonly container: Container,
    private readonly redis: RedisServer,
  ) {
    chmodSync(this.directory, 0o755);
    for (const package_ of ["config", "core", "bin"]) mkdirSync(join(this.directory, package_));
    for (const [path, content] of Object.entries(files)) writeFileSync(join(this.directory, path), content);
    const program = join(this.directory, "bin/celery");
    writeFileSync(program, `#!/bin/sh\nexec ${python} -m celery "$@"\n`, { mode: 0o755 });
    for (const { mountPath } of container.spec.volumeMounts) {
      if (!mountPath.startsWith("/app/")) continue;
      mkdirSync(this.here(mountPath), { recursive: true });
      chmodSync(this.here(mountPath), 0o777);
    }
  }

  start(): void {
    const [program, ...args] = this.container.arguments.map((each) => this.here(each));
    this.process = spawn(program!, args, this.options);
    for (const stream of [this.process.stdout!, this.process.stderr!])
      stream.on("data", (chunk: Buffer) => {
        this.log += chunk.toString();
      });
  }

  signal(signal: NodeJS.Signals): void {
    this.process!.kill(signal);
  }

  /** Tells it to stop, as the kubelet does, and waits for its exit code. */
  async stop(): Promise<number | null> {
    const ended = once(this.process!, "exit");
    this.signal("SIGTERM");
    const [code] = await ended;
    return code;
  }

  /** Whether a probe succeeds, asked as the kubelet asks it. */
  probe(name: Probe): boolean {
    return this.run(this.container.spec[name].exec.command).status === 0;
  }

  /** Runs a command in the container. */
  run(command: readonly string[]) {
    // The answer of a worker that gives none is not waited for that long.
    const [program, ...args] = command.map((each) => this.here(each).replace("--timeout 10", "--timeout 2"));
    const { status, stdout, stderr } = spawnSync(program!, args, { ...this.options, encoding: "utf8" });
    return { status, output: stdout + stderr };
  }

  read(path: string): string {
    return readFileSync(this.here(path), "utf8");
  }

  dispose(): void {
    this.process?.kill("SIGKILL");
    rmSync(this.directory, { recursive: true });
  }

  private get options() {
    const variables = Object.entries(this.container.environment).map(([name, value]) => [
      name,
      value.replace("thebot-redis:6379", `127.0.0.1:${this.redis.port}`),
    ]);
    const env = { ...Object.fromEntries(variables), PATH: `${this.here("/app/bin")}:${process.env.PATH}` };
    return { ...user, cwd: this.directory, env: { ...env, PYTHONDONTWRITEBYTECODE: "1" } };
  }

  private here(text: string): string {
    return text.replaceAll("/app", this.directory);
  }
}
