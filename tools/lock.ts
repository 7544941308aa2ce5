import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { uptime } from "node:os";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { isAlive } from "./processes";
import { say } from "./progress";

/** Runs work while no other process on this machine holds the lock. A lock whose owner died counts for nothing. */
export async function withLock<T>(path: string, waitingFor: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  for (let told = false; !acquire(path); ) {
    const owner = livingOwner(path);
    if (owner === undefined) rmSync(path, { force: true });
    else {
      if (!told) say(`Waiting for process ${owner}, which ${waitingFor} …`);
      told = true;
      await setTimeout(500);
    }
  }
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

function acquire(path: string): boolean {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function livingOwner(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    const fromBeforeBoot = statSync(path).mtimeMs < Date.now() - uptime() * 1000;
    return pid > 0 && !fromBeforeBoot && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined; // released meanwhile
  }
}
