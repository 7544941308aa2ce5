import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Cluster } from "../../tools/cluster";
import { localParts } from "../../tools/local";
import { tryLock } from "../../tools/lock";
import { toolchain } from "../../tools/toolchain";
import { ownFolder, removeFolder, removeLeftovers } from "./folders";

// Vitest's global set-up of the groups that need clusters: each worker makes its own in one folder, and goes on with
// it from file to file. The first group to be set up makes the folder, and alone removes it; one that is given stays.

/** The environment variable that names the folder of the run's clusters. */
const variable = "MUSTER_TEST_CLUSTERS";
/** And the one that names the cluster of a worker. */
const claimed = "MUSTER_TEST_CLUSTER";

export default async function setup(): Promise<() => Promise<void>> {
  await toolchain(localParts);
  await removeLeftovers();
  const given = process.env[variable];
  if (given !== undefined) {
    mkdirSync(given, { recursive: true });
    return async () => {};
  }
  const folder = ownFolder("clusters");
  process.env[variable] = folder;
  return () => removeFolder(folder);
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
