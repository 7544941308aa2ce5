import * as pulumi from "@pulumi/pulumi";
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

/** What runs, and where: `pulumi stack output systems`. */
export const systems = Object.fromEntries(
  declaredSystems(config).map(({ declared, secrets }) => {
    const system = new System({ stack: config.stack, context, declared, secrets }, { provider });
    return [
      declared.name,
      {
        context,
        namespace: system.namespace,
        url: system.url,
        workloads: system.workloads,
        keeps: system.keeps,
      },
    ];
  }),
);
