import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { uptime } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { type Environment, stateOf, variablesOf } from "./environment";
import { Failure } from "./failure";
import { localStackFile } from "./local-stack-file";
import { root, state } from "./places";
import { commandLine } from "./processes";
import { say } from "./progress";

/** What the file backend writes into a stack's lock. */
interface Lock {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

/** Mends what a killed `pulumi` left of a local stack; refuses where a living one holds it. */
export async function mendStack(stack: string, environment: Environment): Promise<void> {
  const locks = locksOf(stack);
  const home = environment.variables.PULUMI_HOME!;
  const held = locks.find((lock) => isHeld(lock, home));
  if (held !== undefined)
    throw new Failure(
      [
        `Stack ${stack} is being changed by process ${held.pid} of ${held.username}@${held.hostname}, since ${at(held)}.`,
        "Wait until it is done, then run the same command again.",
        `If it hangs: \`kill ${held.pid}\`, and if that does not end it \`kill -9 ${held.pid}\`; \`npm start\` then clears the lock that it leaves.`,
      ].join("\n"),
    );
  const pulumi = async (...args: string[]) => {
    const options = { cwd: root, env: variablesOf(environment), reject: false, all: true } as const;
    const cli = environment.variables.MUSTER_PULUMI_CLI!;
    const where = args[0] === "cancel" ? [] : ["--config-file", localStackFile(stack)];
    const { failed, all } = await execa(cli, [...args, "--yes", "--stack", stack, ...where], options);
    if (failed) throw new Failure(`\`pulumi ${args.join(" ")}\` failed:\n${all}`);
  };
  const [dead] = locks;
  if (dead !== undefined) await cancel(dead);
  if (hasPendingCreates(stack)) {
    say(`Stack ${stack}: looking at what the run that did not end had begun to create …`);
    // What it did create is taken over by the next run, as server-side apply does.
    await pulumi("refresh", "--skip-preview", "--clear-pending-creates");
  }

  async function cancel(dead: Lock): Promise<void> {
    const left = endPluginsOf(home);
    await pulumi("cancel");
    say(
      [
        `The last run on stack ${stack} (process ${dead.pid}, since ${at(dead)}) was killed before its end.`,
        `Its lock is cleared${left > 0 ? `, ${left} of its processes that went on are ended` : ""}; this run goes on from where it was.`,
      ].join("\n"),
    );
  }
}

function hasPendingCreates(stack: string): boolean {
  const { checkpoint } = JSON.parse(readFileSync(stateOf(stack), "utf8"));
  const pending: { type: string }[] = checkpoint.latest?.pending_operations ?? [];
  return pending.some(({ type }) => type === "creating");
}

function locksOf(stack: string): Lock[] {
  const folder = join(state, "backend/.pulumi/locks/organization/muster", stack);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return files.flatMap((file) => {
    try {
      return JSON.parse(readFileSync(join(folder, file), "utf8"));
    } catch {
      return { pid: 0, username: "", hostname: "", timestamp: "1970-01-01T00:00:00Z" }; // cut off: of one that was killed
    }
  });
}

/**
 * Whether the process that made a lock still has it. The cluster listens on this machine alone, so whoever changes a
 * stack on it does so here, whatever the machine was called then; the id may by now be another program's.
 */
function isHeld({ pid, timestamp }: Pick<Lock, "pid" | "timestamp">, home: string): boolean {
  const fromBeforeBoot = Date.parse(timestamp) < Date.now() - uptime() * 1000;
  return !fromBeforeBoot && isPulumi(pid) && isOfHome(pid, home);
}

function isPulumi(pid: number): boolean {
  return /^\S*pulumi( |$)/.test(commandLine(pid) ?? "");
}

/** Only Linux tells. One that belongs to somebody else does not say. */
function isOfHome(pid: number, home: string): boolean {
  if (process.platform !== "linux") return true;
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`PULUMI_HOME=${home}`);
  } catch {
    return true;
  }
}

function at({ timestamp }: Lock): string {
  return new Date(timestamp).toLocaleString();
}

/**
 * Ends the language hosts and providers of a Pulumi home whose CLI is gone: they live on for minutes, and may still
 * be creating. Only Linux tells what home a process has; elsewhere they end by themselves.
 */
function endPluginsOf(home: string): number {
  if (process.platform !== "linux") return 0;
  const pids = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const orphans = pids.filter((pid) => isOrphanedPlugin(pid, home));
  const all = orphans.flatMap((pid) => [pid, ...pids.filter((child) => parentOf(child) === pid)]);
  for (const pid of all) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // ended meanwhile
    }
  }
  return all.length;
}

function isOrphanedPlugin(pid: number, home: string): boolean {
  try {
    const program = basename(readlinkSync(`/proc/${pid}/exe`));
    const isPlugin = /^pulumi-(language|resource|analyzer)-/.test(program);
    // The program itself, and the policy pack, whose language host may have ended before them.
    if (!isPlugin && !commandLine(pid)?.includes("/@pulumi/pulumi/cmd/run")) return false;
    return isOfHome(pid, home) && !commandLine(parentOf(pid) ?? 0)?.includes("pulumi");
  } catch {
    return false; // ended meanwhile, or another user's
  }
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return undefined;
  }
}
