import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { Cluster, startCluster } from "../../tools/cluster";
import { localParts } from "../../tools/local";
import { withLock } from "../../tools/lock";
import { isAlive } from "../../tools/processes";
import { type Programs, toolchain } from "../../tools/toolchain";

declare module "vitest" {
  export interface ProvidedContext {
    /** Path of the test cluster's kubeconfig. */
    kubeconfig: string;
    /** Directory of the test cluster. */
    clusterDirectory: string;
  }
}

/** Vitest's global set-up: a cluster for the group's tests, removed when the last is done. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await create();
  project.provide("kubeconfig", cluster.kubeconfig);
  project.provide("clusterDirectory", cluster.directory);
  return () => cluster.delete();
}

async function create(): Promise<Cluster> {
  const programs = await toolchain(localParts);
  await removeLeftovers(programs);
  const directory = mkdtempSync(join(tmpdir(), `muster-cluster-${process.pid}-`));
  return startCluster({ directory, nodes: 6, programs });
}

/** Clusters of test runs that were killed. One run at a time: groups that start together would fall over each other. */
function removeLeftovers(programs: Programs): Promise<void> {
  return withLock(join(tmpdir(), "muster-cluster-leftovers"), "removes what killed tests left", async () => {
    for (const name of readdirSync(tmpdir())) {
      const pid = /^muster-cluster-(\d+)-/.exec(name)?.[1];
      if (pid !== undefined && !isAlive(Number(pid)))
        await new Cluster(join(tmpdir(), name), programs).delete();
    }
  });
}
