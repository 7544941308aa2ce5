import { readdirSync, readFileSync } from "node:fs";
import { afterAll } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Of a file: the seconds of CPU that it took. */
    cpu?: number;
  }
}

// Vitest's set-up for each file: measures what it takes of the CPU, where the system is Linux, which tells.

/** What every process that this worker starts has in its environment. */
const mark = `MUSTER_TEST_WORKER=${process.ppid}-${process.env.VITEST_POOL_ID}`;

if (process.platform === "linux") {
  [, process.env.MUSTER_TEST_WORKER] = mark.split("=");
  const before = ofDetached();
  const after = new Map<number, number>();
  const look = () => {
    for (const [pid, seconds] of ofDetached()) after.set(pid, seconds);
  };
  // Those of a cluster that ends with the file have to be looked at while they are there.
  const looking = setInterval(look, 2000).unref();
  // Registered before the file's own, it runs after them.
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads from it that no fixture is wanted
  afterAll(({}, { file }) => {
    clearInterval(looking);
    look();
    const detached = [...after].map(([pid, seconds]) => seconds - (before.get(pid) ?? 0));
    file.meta.cpu = detached.reduce((sum, seconds) => sum + seconds, statOf("self")!.seconds);
  });
}

/** The seconds of each process that somebody whom this worker started has left behind, such as those of a cluster. */
function ofDetached(): Map<number, number> {
  const marked = readdirSync("/proc").map(Number).filter(isMarked);
  const detached = marked.flatMap((pid) => {
    const stat = statOf(pid);
    return stat && stat.parent !== process.pid && !marked.includes(stat.parent)
      ? [[pid, stat.seconds] as const]
      : [];
  });
  return new Map(detached);
}

function isMarked(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(mark);
  } catch {
    return false; // somebody else's, or ended meanwhile
  }
}

/** Of a process: its parent, and its seconds with those of its children that have ended. */
function statOf(pid: number | "self"): { parent: number; seconds: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // After the name, which may hold anything; four counts of hundredths of a second.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    return { parent: fields[1]!, seconds: fields.slice(11, 15).reduce((sum, each) => sum + each) / 100 };
  } catch {
    return undefined; // ended meanwhile
  }
}
