import * as pulumi from "@pulumi/pulumi";
import type { ComparisonConfig } from "./cluster/comparison/compare";
import type { ReachedCluster } from "./cluster/connect";
import { watchDeletions } from "./cluster/deletion-watch";
import { clusterHooks } from "./cluster/hooks";
import { mutatingPolicyApi, notCompleted } from "./cluster/job-completion";
import { withPrerequisites } from "./cluster/prerequisites";
import { type ClusterArgs, cluster } from "./components/cluster";
import { System } from "./components/system";
import { imagePaths } from "./config/images";
import { declaredSystems, type StackConfig, type SystemName } from "./systems";

/** What a stack's config becomes. */
export interface Program extends ComparisonConfig {
  /** Registers everything, and tells what runs by system. */
  readonly run: (transformations: pulumi.ResourceTransformation[]) => Record<string, object>;
}

/** Where a stack goes, by its config. */
export function placeOf(config: StackConfig): ClusterArgs {
  // The local cluster goes by its kubeconfig alone, so that a stack file that names another context still runs here.
  const { MUSTER_LOCAL_KUBECONFIG: kubeconfig } = process.env;
  return kubeconfig ? { name: "local", kubeconfig } : config.cluster;
}

/** The program of a stack, as its cluster can run it. */
export async function programOf(config: StackConfig, reached: ReachedCluster | undefined): Promise<Program> {
  const {
    // On the local cluster the operator that brings secrets is no pod.
    MUSTER_LOCAL_API_SERVER: apiServer,
    MUSTER_LOCAL_CONNECT: connect,
  } = process.env;
  const where = placeOf(config);
  const { context } = where;
  const { admissionPolicies, images, userIds } = config.cluster;
  const asked = { systems: declaredSystems(config), network: config.cluster.network };
  const { systems, network } = await withPrerequisites(asked, reached);
  const policyApi = mutatingPolicyApi(reached);
  if (!policyApi && admissionPolicies !== false)
    for (const each of notCompleted(systems.map(({ declared }) => declared))) pulumi.log.warn(each);
  const run = (transformations: pulumi.ResourceTransformation[]) => {
    const opts = { provider: cluster(where), transformations };
    // A preview that could ask no cluster runs none.
    const hooks = reached && clusterHooks(reached);
    if (reached && !pulumi.runtime.isDryRun()) watchDeletions(reached);
    const outputs = systems.map((each) => {
      const { name } = each.declared;
      const shared = { stack: config.stack, hooks, operatorAddresses: { apiServer, connect } };
      const policies = { admissionPolicies, images, mutatingPolicyApi: policyApi };
      const args = { ...each, ...shared, ...policies, network, userIds, cluster: where.name };
      const { namespace, url, workloads, keeps } = new System(name, args, opts);
      return [name, { context, namespace, url, workloads, keeps }] as const;
    });
    return Object.fromEntries(outputs);
  };
  const adopting = systems.filter(({ adopts }) => adopts).map(({ declared }) => declared.name);
  const movesFrom = {
    ...Object.fromEntries(systems.map((each) => [each.declared.name, each.movesFrom])),
    cluster: config.cluster.movesFrom,
  };
  const leaves = Object.fromEntries(systems.map((each) => [each.declared.name, each.leaves]));
  return {
    run,
    adopting,
    leaves,
    movesFrom,
    clusterName: where.name,
    handlings: config.cluster.drift,
    images,
    imagePaths: imagePaths(
      Object.fromEntries(systems.map(({ declared: { name } }) => [name, config[name as SystemName]])),
    ),
  };
}
