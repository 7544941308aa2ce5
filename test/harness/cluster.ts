import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster } from "../../tools/cluster";
import { localParts, testClusters } from "../../tools/local";
import { withLock } from "../../tools/lock";
import { isAlive } from "../../tools/processes";
import { type Programs, toolchain } from "../../tools/toolchain";

// Vitest's global set-up of the groups that need clusters: each worker makes its own in one folder, and goes on with
// it from file to file.

/** The environment variable that names the folder of the run's clusters. */
const variable = "MUSTER_TEST_CLUSTERS";

export default async function setup(): Promise<() => Promise<void>> {
  const programs = await toolchain(localParts);
  await removeLeftovers(programs);
  process.env[variable] ??= mkdtempSync(join(tmpdir(), `muster-clusters-${process.pid}-`));
  const folder = process.env[variable];
  mkdirSync(folder, { recursive: true });
  return async () => {
    if (folder !== testClusters) await removeClusters(folder, programs);
  };
}

/** Where the cluster of this worker is. */
export const clusterDirectory = () =>
  join(process.env[variable]!, `cluster-${process.env.VITEST_POOL_ID ?? "1"}`);

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
