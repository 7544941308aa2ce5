import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster } from "../../tools/cluster";
import { withLock } from "../../tools/lock";
import { commandLine, end, isAlive, processes } from "../../tools/processes";

// The folders that tests keep things in, and run programs in. A test that is killed removes neither.

/** A new one of this process, whose id it is named by: so a later run knows whether it is left over. */
export function ownFolder(what: "clusters" | "workspace" | "checkout"): string {
  return mkdtempSync(join(tmpdir(), `muster-test-${what}-${process.pid}-`));
}

/** Removes a folder, with the clusters in it, and whatever else was started there and still runs. */
export async function removeFolder(folder: string): Promise<void> {
  const clusters = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name === "kwokctl.yaml")
    .map(({ parentPath }) => new Cluster(parentPath));
  await Promise.all(clusters.map((cluster) => cluster.delete()));
  await endAllIn(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Ends what names the folder in its command line or, where the system is Linux, which tells, in its environment. */
async function endAllIn(folder: string): Promise<void> {
  const linux = process.platform === "linux";
  const environment = (pid: number) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "utf8");
    } catch {
      return ""; // another user's, or ended meanwhile
    }
  };
  const all = linux
    ? readdirSync("/proc")
        .map(Number)
        .filter((pid) => pid > 0)
    : processes(() => true);
  const its = all.filter(
    (pid) => commandLine(pid)?.includes(folder) || (linux && environment(pid).includes(folder)),
  );
  await end(
    its.filter((pid) => pid !== process.pid),
    "SIGKILL",
  );
}

/** Those of test runs that were killed. One run at a time: two that start together would fall over each other. */
export function removeLeftovers(): Promise<void> {
  return withLock(join(tmpdir(), "muster-test-leftovers"), "removes what killed tests left", async () => {
    for (const name of readdirSync(tmpdir())) {
      const pid = /^muster-test-\w+-(\d+)-/.exec(name)?.[1];
      if (pid === undefined || isAlive(Number(pid))) continue;
      const folder = join(tmpdir(), name);
      // All users of a machine may have their temporary files in one place, and another run removes its own meanwhile.
      if (lstatSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.())
        await removeFolder(folder);
    }
  });
}
