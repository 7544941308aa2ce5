import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { Failure } from "../tools/failure";

/** What one command cost, with all processes that it started. */
export interface Cost {
  /** Seconds from start to end. */
  readonly wall: number;
  /** Seconds of CPU time by program: `pulumi`, `pulumi-language-nodejs`, `node`, … */
  readonly cpu: ReadonlyMap<string, number>;
  /** Most memory that its processes had at one time, in MiB: their resident sets, added up. */
  readonly peak: number;
}

export interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a command to its end. `accepted`: exit codes that are no failure (`kubectl diff` has 1). */
export async function measure(
  [program, ...args]: readonly [string, ...string[]],
  place: Place,
  accepted: readonly number[] = [0],
): Promise<Cost> {
  // Before the command starts: what it starts itself at once must not pass for another's.
  const others = processIds();
  const begin = performance.now();
  const child = spawn(program, args, { ...place, stdio: ["ignore", "pipe", "pipe"] });
  const tree = new ProcessTree(child.pid, others);
  const timer = setInterval(() => tree.look(), 10);
  const printed = Promise.all([buffer(child.stdout), buffer(child.stderr)]);
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject).once("exit", resolve);
    });
    const wall = (performance.now() - begin) / 1000;
    if (accepted.includes(exitCode ?? -1)) return { wall, cpu: tree.cpu(), peak: tree.peak / mebibyte };
    throw new Failure(`\`${[program, ...args].join(" ")}\` failed:\n${(await printed).join("")}`);
  } finally {
    clearInterval(timer);
  }
}

/** A process and its descendants, as /proc shows them when it is looked at; so it needs Linux. */
class ProcessTree {
  peak = 0;
  private readonly own = new Map<string, { name: string; ticks: number }>();
  private readonly foreign: Set<string>;

  constructor(root: number | undefined, others: readonly string[]) {
    this.foreign = new Set(others);
    this.own.set(String(root), { name: "", ticks: 0 });
  }

  look(): void {
    let memory = 0;
    for (const pid of processIds()) {
      if (this.foreign.has(pid)) continue;
      // Ended in between: what it had when it was last seen counts.
      const now = read(pid);
      if (!now) continue;
      if (!this.own.has(pid) && !this.own.has(now.parent)) this.foreign.add(pid);
      else this.own.set(pid, { ...now, name: now.name || (this.own.get(pid)?.name ?? "") });
      if (this.own.has(pid)) memory += now.memory;
    }
    this.peak = Math.max(this.peak, memory);
  }

  cpu(): Map<string, number> {
    const seconds = new Map<string, number>();
    for (const { name, ticks } of this.own.values())
      seconds.set(name, (seconds.get(name) ?? 0) + ticks / ticksPerSecond);
    return seconds;
  }
}

function processIds(): string[] {
  return readdirSync("/proc").filter((name) => /^\d/.test(name));
}

function read(pid: string) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const name = basename(readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0", 1)[0]!);
    // The name in brackets may hold blanks and brackets; what follows it are numbers.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [parent, user, system, pages] = [
      fields[1]!,
      Number(fields[11]),
      Number(fields[12]),
      Number(fields[21]),
    ];
    return { name, parent, ticks: user + system, memory: pages * pageSize };
  } catch {
    return undefined;
  }
}

/** The CPU time that a process has taken so far. */
export function cpuSeconds(pid: number): number {
  return read(String(pid))!.ticks / ticksPerSecond;
}

// As proc(5) counts them on every Linux that runs Node.js.
const ticksPerSecond = 100;
const pageSize = 4096;
const mebibyte = 1024 * 1024;

/** The cost in the middle, each figure by itself. */
export function median(costs: readonly Cost[]): Cost {
  const middle = (of: (cost: Cost) => number) => costs.map(of).sort((a, b) => a - b)[costs.length >> 1]!;
  const programs = new Set(costs.flatMap(({ cpu }) => [...cpu.keys()]));
  return {
    wall: middle(({ wall }) => wall),
    cpu: new Map([...programs].map((name) => [name, middle(({ cpu }) => cpu.get(name) ?? 0)])),
    peak: middle(({ peak }) => peak),
  };
}
