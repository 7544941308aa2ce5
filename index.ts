import * as pulumi from "@pulumi/pulumi";
import { withPrerequisites } from "./cluster/prerequisites";
import { cluster } from "./components/cluster";
import { System } from "./components/system";
import { parseStack } from "./config/stack";
import { declaredSystems } from "./systems";

const kubeconfig = process.env.MUSTER_LOCAL_KUBECONFIG;
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
const beyondPods = { apiServer, connect };

/** What runs, and where: `pulumi stack output systems`. */
export = async () => {
  const declared = await withPrerequisites(declaredSystems(config), { context, kubeconfig });
  const systems = declared.map(({ declared, ...rest }) => {
    const system = new System({ stack: config.stack, context, declared, beyondPods, ...rest }, { provider });
    const { namespace, url, workloads, keeps } = system;
    return [declared.name, { context, namespace, url, workloads, keeps }] as const;
  });
  return { systems: Object.fromEntries(systems) };
};
