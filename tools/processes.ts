import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** The command line of a process, or undefined when there is none. */
export function commandLine(pid: number): string | undefined {
  try {
    if (process.platform === "linux")
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim() || undefined;
    return execFileSync("ps", ["-p", String(pid), "-o", "args="], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}
