import * as pulumi from "@pulumi/pulumi";
import { clusterHooks } from "./cluster/hooks";
import { withPrerequisites } from "./cluster/prerequisites";
import { cluster } from "./components/cluster";
import { System } from "./components/system";
import { parseStack } from "./config/stack";
import { declaredSystems } from "./systems";

// Set and empty it names no cluster: what follows then goes to a real one, which gets no placeholders for its secrets.
const kubeconfig = process.env.MUSTER_LOCAL_KUBECONFIG || undefined;
const config = parseStack({
  stack: pulumi.getStack(),
  values: pulumi.runtime.allConfig(),
  secretKeys: new Set(JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]")),
  local: kubeconfig !== undefined,
  projectDirectory: __dirname,
});
// The local cluster goes by its kubeconfig alone, so that a stack file that names another context still runs here.
const provider = cluster(kubeconfig ? { name: "local", kubeconfig } : config.cluster);
const context = kubeconfig ? undefined : config.cluster.context;

// On the local cluster the operator that brings secrets is no pod.
const { MUSTER_LOCAL_API_SERVER: apiServer, MUSTER_LOCAL_CONNECT: connect } = process.env;
const operatorAddresses = { apiServer, connect };

/** What runs, and where: `pulumi stack output systems`. */
export = async () => {
  const systems = await withPrerequisites(declaredSystems(config), { context, kubeconfig });
  const hooks = clusterHooks(context);
  const outputs = systems.map((each) => {
    const { name } = each.declared;
    const { admissionPolicies, network, userIds } = config.cluster;
    const shared = { stack: config.stack, hooks, operatorAddresses, admissionPolicies, network, userIds };
    const args = { ...each, ...shared };
    const { namespace, url, workloads, keeps } = new System(name, args, { provider });
    return [name, { context, namespace, url, workloads, keeps }] as const;
  });
  return { systems: Object.fromEntries(outputs) };
};
