import * as pulumi from "@pulumi/pulumi";
import { cluster } from "../../components/cluster";
import { System } from "../../components/system";
import { declaredSystems, parseStack } from "../../systems";

const kubeconfig = process.env.MUSTER_LOCAL_KUBECONFIG;
const config = parseStack({
  stack: pulumi.getStack(),
  values: pulumi.runtime.allConfig(),
  secretKeys: new Set(JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]")),
  local: true,
  // main.js has it run as if it lay there.
  projectDirectory: __dirname,
});
export = () => {
  const provider = cluster({ name: "local", kubeconfig });

  // The stack's systems so many times, each copy in a namespace of its own.
  for (let copy = 1; copy <= Number(process.env.BENCH_COPIES); copy++)
    for (const { declared, secrets } of declaredSystems(config)) {
      const name = `${declared.name}-${copy}`;
      const namespace = `${declared.namespace}-${copy}`;
      const args = { stack: config.stack, declared: { ...declared, name, namespace }, secrets };
      new System(name, args, { provider });
    }
};
