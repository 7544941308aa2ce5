import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { Failure } from "../tools/failure";

/** What one command cost. */
export interface Cost {
  /** Seconds from start to end. */
  readonly wall: number;
  /** Seconds of CPU time, of the command and the processes it waited for. */
  readonly cpu: number;
  /** Peak memory of its largest process, in MiB. */
  readonly peak: number;
}

export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a command to its end under GNU time. `accepted`: exit codes that are no failure (`kubectl diff` has 1). */
export async function measure(
  command: readonly string[],
  { cwd, env }: Place,
  accepted = [0],
): Promise<Cost> {
  const report = join(cwd, ".time");
  const begin = performance.now();
  const done = await execa("/usr/bin/time", ["-q", "-f", "%U %S %M", "-o", report, ...command], {
    cwd,
    env,
    reject: false,
    all: true,
  });
  const wall = (performance.now() - begin) / 1000;
  if (!accepted.includes(done.exitCode ?? -1))
    throw new Failure(
      `\`${command.join(" ")}\` failed (GNU time is needed at /usr/bin/time):\n${done.all ?? "it did not start"}`,
    );
  const [user, system, kilobytes] = readFileSync(report, "utf8").trim().split(" ").map(Number);
  return { wall, cpu: user! + system!, peak: kilobytes! / 1024 };
}

export function median(costs: readonly Cost[]): Cost {
  const middle = (of: keyof Cost) => costs.map((cost) => cost[of]).sort((a, b) => a - b)[costs.length >> 1]!;
  return { wall: middle("wall"), cpu: middle("cpu"), peak: middle("peak") };
}
