import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { flagsOf, type Place } from "./kubectl-proxy";

interface Run {
  readonly input?: string;
  /** How long it may take. Default: as long as it wants. */
  readonly seconds?: number;
}

/** What kubectl prints, of the cluster of a stack. Rejects with code ENOENT where it is not on PATH. */
export async function kubectl(
  args: readonly string[],
  where: Place,
  { input, seconds }: Run = {},
): Promise<string> {
  // All pods and events of a namespace are more than the default takes.
  const options = { maxBuffer: 64 * 1024 * 1024, timeout: seconds && seconds * 1000 };
  const run = promisify(execFile)("kubectl", [...flagsOf(where), ...args], options);
  if (input !== undefined) run.child.stdin!.end(input);
  try {
    return (await run).stdout;
  } catch (error) {
    const { killed, signal } = error as { readonly killed?: boolean; readonly signal?: string };
    if (seconds && killed && signal) throw new Error(`kubectl had no answer after ${seconds} seconds`);
    throw error;
  }
}
