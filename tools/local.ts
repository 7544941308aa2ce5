import { basename, join } from "node:path";
import { startCluster } from "./cluster";
import { type Environment, localEnvironment } from "./environment";
import type { PartName } from "./parts";
import { state } from "./places";
import { connectUrl, startSecretStores } from "./secret-stores";
import { toolchain } from "./toolchain";

/** Where this checkout's cluster lives. */
export const clusterDirectory = join(state, "cluster", basename(state));

/** What the local cluster and the stacks on it need. */
export const localParts: readonly PartName[] = [
  "pulumi",
  "cluster",
  "kwok",
  "provider-kubernetes",
  "provider-random",
];

/** What the tests need beside that. */
export const testParts: readonly PartName[] = [
  ...localParts,
  "metrics-server",
  "external-secrets",
  "provider-onepassword",
];

/**
 * Set-up, whole: the toolchain, this checkout's cluster with what the stack asks of it, the environment. All of it
 * quick when it is there.
 */
export async function setUp({
  nodes = 1,
  stack,
}: {
  nodes?: number;
  stack?: string;
} = {}): Promise<Environment> {
  const programs = await toolchain(localParts);
  const cluster = await startCluster({ directory: clusterDirectory, nodes, programs });
  await startSecretStores(cluster, stack);
  return localEnvironment({ kubeconfig: cluster.kubeconfig, connectUrl: await connectUrl(), programs });
}
