import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { parse } from "yaml";
import { type Kubernetes, kubernetes } from "./kubernetes";

/** Whether definitions can be had: they come as Go modules, whose checksums Go verifies. */
export const goInstalled = spawnSync("go", ["version"]).status === 0;

/** Custom resources as an operator's release defines them: files of its Go module. */
export interface CustomResources {
  /** `path@version`. */
  readonly module: string;
  readonly files: readonly string[];
}

/** What the Prometheus Operator is told: what to scrape, and of what to alert. */
export const prometheusOperator: CustomResources = {
  module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
  files: ["servicemonitors", "prometheusrules"].map(
    (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
  ),
};

/** Policies of Cilium, whose module is large (38 MB) and downloaded once. */
export const ciliumNetworkPolicies: CustomResources = {
  module: "github.com/cilium/cilium@v1.20.2",
  files: ["pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml"],
};

/** HTTPRoutes of the Gateway API, which know a filter for CORS from 1.5 on. */
export const httpRoutes = (version: "v1.4.1" | "v1.5.1"): CustomResources => ({
  module: `sigs.k8s.io/gateway-api@${version}`,
  files: ["config/crd/standard/gateway.networking.k8s.io_httproutes.yaml"],
});

/** Kinds of Kueue, which lets Jobs go in turn. */
export const kueue: CustomResources = {
  module: "sigs.k8s.io/kueue@v0.17.0",
  files: ["clusterqueues", "localqueues", "resourceflavors"].map(
    (kind) => `config/components/crd/bases/kueue.x-k8s.io_${kind}.yaml`,
  ),
};

/** Has the test cluster serve custom resources, without the operator that acts on them, until `stop`. */
export async function serve({ module, files }: CustomResources): Promise<{ stop(): Promise<void> }> {
  const { stdout } = await execa("go", ["mod", "download", "-json", module], { cwd: tmpdir() });
  const api = kubernetes();
  const definitions = files.map((file) => parse(readFileSync(join(JSON.parse(stdout).Dir, file), "utf8")));
  const path = (name: string) => `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
  for (const definition of definitions) await api.apply(path(definition.metadata.name), definition);
  for (const { spec } of definitions)
    while ((await knownIn(api, spec)).includes(false)) await setTimeout(200);
  return {
    async stop() {
      for (const { metadata } of definitions) await api.delete(path(metadata.name));
      for (const { spec } of definitions)
        while ((await knownIn(api, spec)).includes(true)) await setTimeout(200);
    },
  };
}

interface Defined {
  readonly group: string;
  readonly names: { readonly kind: string };
  readonly versions: readonly { readonly name: string }[];
}

/** Whether the API server names a kind where Pulumi and where kubectl look: it brings the latter up to date later. */
async function knownIn(api: Kubernetes, { group, names: { kind }, versions }: Defined): Promise<boolean[]> {
  const of = `${group}/${versions.at(-1)!.name}`;
  const discovered = await api.find(`/apis/${of}`);
  const described = await api.find(`/openapi/v3/apis/${of}`);
  return [
    (discovered?.resources ?? []).some((resource: { kind: string }) => resource.kind === kind),
    JSON.stringify(described ?? {}).includes(`"kind":"${kind}"`),
  ];
}
