import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** The command line of a process, or undefined when there is none. */
export function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === "linux") {
      // Linux has a folder for the id of every thread too: with the process that it is of for the first number.
      const [, process] = /^Tgid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))!;
      if (Number(process) !== pid) return undefined;
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() || undefined;
    }
    return execFileSync("ps", ["-p", String(pid), "-o", "args="], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

/** Whether a process with this id runs; one that ended and was not yet waited for does not. */
export function isAlive(pid: number): boolean {
  return commandLine(pid) !== undefined;
}

/** The processes whose command line satisfies the condition. */
export function processes(such: (commandLine: string) => boolean): number[] {
  const pids =
    process.platform === "linux"
      ? readdirSync("/proc").filter((name) => /^\d+$/.test(name))
      : execFileSync("ps", ["-A", "-o", "pid="], { encoding: "utf8" }).split("\n");
  return pids.map(Number).filter((pid) => pid > 0 && such(commandLine(pid) ?? ""));
}

/** Ends processes, and waits until they are gone; those that do not listen within a minute are killed. */
export async function end(pids: readonly number[], signal: NodeJS.Signals): Promise<void> {
  for (const pid of pids) kill(pid, signal);
  const patience = Date.now() + 60_000;
  for (const pid of pids)
    while (isAlive(pid)) {
      if (Date.now() > patience) kill(pid, "SIGKILL");
      await setTimeout(20);
    }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // ended by itself meanwhile, which is what is wanted
  }
}
