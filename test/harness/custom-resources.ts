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

/** Custom resources as an operator's release defines them: a file of its Go module. */
export interface CustomResources {
  /** `path@version`. */
  readonly module: string;
  readonly file: string;
}

export const serviceMonitors: CustomResources = {
  module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
  file: "example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml",
};

/** Policies of Cilium, whose module is large (38 MB) and downloaded once. */
export const ciliumNetworkPolicies: CustomResources = {
  module: "github.com/cilium/cilium@v1.20.2",
  file: "pkg/k8s/apis/cilium.io/client/crds/v2/ciliumnetworkpolicies.yaml",
};

/** HTTPRoutes of the Gateway API, which know a filter for CORS from 1.5 on. */
export const httpRoutes = (version: "v1.4.1" | "v1.5.1"): CustomResources => ({
  module: `sigs.k8s.io/gateway-api@${version}`,
  file: "config/crd/standard/gateway.networking.k8s.io_httproutes.yaml",
});

/** Has the test cluster serve custom resources, without the operator that acts on them, until `stop`. */
export async function serve({ module, file }: CustomResources): Promise<{ stop(): Promise<void> }> {
  const { stdout } = await execa("go", ["mod", "download", "-json", module], { cwd: tmpdir() });
  const definition = parse(readFileSync(join(JSON.parse(stdout).Dir, file), "utf8"));
  const api = kubernetes();
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`;
  await api.apply(path, definition);
  const { group } = definition.spec;
  while ((await knownIn(api, group)).includes(false)) await setTimeout(200);
  return {
    async stop() {
      await api.delete(path);
      while ((await knownIn(api, group)).includes(true)) await setTimeout(200);
    },
  };
}

/** Whether the API server names a group where Pulumi and where kubectl look: it brings the latter up to date later. */
async function knownIn(api: Kubernetes, group: string): Promise<boolean[]> {
  const { groups } = await api.get("/apis");
  const { paths } = await api.get("/openapi/v3");
  return [
    groups.some(({ name }: { name: string }) => name === group),
    Object.keys(paths).some((path) => path.startsWith(`apis/${group}/`)),
  ];
}
