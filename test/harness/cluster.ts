import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster } from "../../tools/cluster";
import { localParts } from "../../tools/local";
import { tryLock, withLock } from "../../tools/lock";
import { isAlive } from "../../tools/processes";
import { type Programs, toolchain } from "../../tools/toolchain";

// Vitest's global set-up of the groups that need clusters: each worker makes its own in one folder, and goes on with
// it from file to file. The first group to be set up makes the folder, and alone removes it; one that is given stays.

/** The environment variable that names the folder of the run's clusters. */
const variable = "MUSTER_TEST_CLUSTERS";
/** And the one that names the cluster of a worker. */
const claimed = "MUSTER_TEST_CLUSTER";

export default async function setup(): Promise<() => Promise<void>> {
  const programs = await toolchain(localParts);
  await removeLeftovers(programs);
  const given = process.env[variable];
  if (given !== undefined) {
    mkdirSync(given, { recursive: true });
    return async () => {};
  }
  const folder = mkdtempSync(join(tmpdir(), `muster-clusters-${process.pid}-`));
  process.env[variable] = folder;
  return () => removeClusters(folder, programs);
}

/** Takes one of the run's clusters for this worker, for as long as it lives: two at once would empty each other's. */
export async function claimCluster(): Promise<string> {
  for (let number = 1; ; number++) {
    const directory = join(process.env[variable]!, `cluster-${number}`);
    if (!(await tryLock(join(directory, "claim")))) continue;
    process.env[claimed] = directory;
    return directory;
  }
}

/** Where the cluster of this worker is. */
export const clusterDirectory = () => process.env[claimed]!;

/** The cluster of this worker. */
export const testCluster = async () => new Cluster(clusterDirectory(), await toolchain(localParts));

/** The path of its kubeconfig. */
export const testKubeconfig = () => join(clusterDirectory(), "kubeconfig");

async function removeClusters(folder: string, programs: Programs): Promise<void> {
  await Promise.all(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => new Cluster(join(folder, name), programs).delete()),
  );
  rmSync(folder, { recursive: true, force: true });
}

/** Clusters of test runs that were killed. One run at a time: two that start together would fall over each other. */
function removeLeftovers(programs: Programs): Promise<void> {
  return withLock(join(tmpdir(), "muster-cluster-leftovers"), "removes what killed tests left", async () => {
    for (const name of readdirSync(tmpdir())) {
      const pid = /^muster-clusters-(\d+)-/.exec(name)?.[1];
      if (pid !== undefined && !isAlive(Number(pid))) await removeClusters(join(tmpdir(), name), programs);
    }
  });
}
