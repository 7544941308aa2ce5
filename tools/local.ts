import { basename, join } from "node:path";
import { type Environment, localEnvironment } from "./environment";
import { startKueue } from "./kueue";
import { startCluster } from "./make-cluster";
import { kubernetesVersion, type PartName } from "./parts";
import { state } from "./places";
import { connectUrl, startSecretStores } from "./secret-stores";
import { toolchain } from "./toolchain";

/** Where this checkout's cluster lives. */
export const clusterDirectory = join(state, "cluster", basename(state));

/** Where the clusters of tests live that `npm test -- --keep` keeps. */
export const testClusters = join(state, "test-clusters", kubernetesVersion);

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
  "kueue",
  "provider-onepassword",
  "helm",
];

/** Simulated nodes: as many as show how the stack spreads. */
const nodes: Readonly<Record<string, number>> = { dev: 1, staging: 3 };
const mostNodes = 6;

/**
 * Sets up the toolchain, this checkout's cluster with what the stack asks of it, and the environment; quick where all
 * of it is there. Without a stack, the cluster is set up for any.
 */
export async function setUp(stack?: string): Promise<Environment> {
  const programs = await toolchain(localParts);
  const size = (stack && nodes[stack]) || mostNodes;
  const cluster = await startCluster({ directory: clusterDirectory, nodes: size, programs });
  await startSecretStores(cluster, stack);
  await startKueue(cluster, stack);
  return localEnvironment({ kubeconfig: cluster.kubeconfig, connectUrl: await connectUrl(), programs });
}
