import { readdirSync, readFileSync } from "node:fs";
import { afterAll } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Of a file: the seconds of CPU that it took. */
    cpu?: number;
  }
}

// Vitest's set-up for each file: measures what it takes of the CPU, where the system is Linux, which tells.

/** What every process that this file starts has in its environment; each file has a process of its own. */
const mark = `MUSTER_TEST_FILE=${process.pid}-${Date.now()}`;

interface Stat {
  readonly parent: number;
  /** Seconds of CPU, with those of its children that have ended. */
  readonly seconds: number;
  /** In hundredths of a second since the machine started. */
  readonly begin: number;
}

if (process.platform === "linux") {
  [, process.env.MUSTER_TEST_FILE] = mark.split("=");
  const { begin } = statOf("self")!;
  const seen = new Map<number, { readonly before: number; readonly now: number }>();
  // Those of a cluster that ends with the file have to be looked at while they are there.
  const look = () => {
    for (const [pid, stat] of ofDetached()) {
      // A cluster that was there before this file had its seconds for others.
      const before = seen.get(pid)?.before ?? (stat.begin < begin ? stat.seconds : 0);
      seen.set(pid, { before, now: stat.seconds });
    }
  };
  const looking = setInterval(look, 1000).unref();
  // Registered before the file's own, it runs after them.
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from it that no fixture is wanted
  afterAll(({}, { file }) => {
    clearInterval(looking);
    look();
    const detached = [...seen.values()].map(({ before, now }) => now - before);
    file.meta.cpu = detached.reduce((sum, seconds) => sum + seconds, statOf("self")!.seconds);
  });
}

/** The processes that somebody whom this file started has left behind, and those of its cluster, whoever started it. */
function ofDetached(): Map<number, Stat> {
  const { MUSTER_TEST_CLUSTER: cluster } = process.env;
  const marks = [mark, ...(cluster === undefined ? [] : [`MUSTER_TEST_CLUSTER=${cluster}`])];
  const marked = readdirSync("/proc")
    .map(Number)
    .filter((pid) => isMarked(pid, marks));
  const detached = marked.flatMap((pid) => {
    const stat = statOf(pid);
    return stat && stat.parent !== process.pid && !marked.includes(stat.parent) ? [[pid, stat] as const] : [];
  });
  return new Map(detached);
}

function isMarked(pid: number, marks: readonly string[]): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return marks.some((each) => environment.includes(each));
  } catch {
    return false; // somebody else's, or ended meanwhile
  }
}

function statOf(pid: number | "self"): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the name, which may hold anything; times are hundredths of a second.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const seconds = fields.slice(11, 15).reduce((sum, each) => sum + each) / 100;
    return { parent: fields[1]!, seconds, begin: fields[19]! };
  } catch {
    return undefined; // ended meanwhile
  }
}
