import * as pulumi from "@pulumi/pulumi";
import { heldAgainstCluster, reached } from "./cluster/held-against-cluster";
import type { KubectlProxy } from "./cluster/kubectl-proxy";
import { placeOf, programOf } from "./program";
import { parseStack } from "./systems";

const config = parseStack({
  stack: pulumi.getStack(),
  values: pulumi.runtime.allConfig(),
  secretKeys: new Set(JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]")),
  // Set and empty it names no cluster: what follows then goes to a real one, which gets no placeholders for its secrets.
  local: Boolean(process.env.MUSTER_LOCAL_KUBECONFIG),
  projectDirectory: __dirname,
});

/** What runs, and where: `pulumi stack output systems`. */
export = async (proxy: KubectlProxy) => {
  const cluster = await reached(placeOf(config), proxy);
  const program = await programOf(config, cluster);
  return { systems: await heldAgainstCluster(program, cluster) };
};
