import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { toolchain } from "../../tools/toolchain";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";

describe("a release of Helm's that becomes a system of Muster's", () => {
  const api = kubernetes();
  const namespace = "/api/v1/namespaces/taken";
  const redis = "/apis/apps/v1/namespaces/taken/deployments/redis";
  const service = `${namespace}/services/redis`;
  const own = `${namespace}/configmaps/of-the-release`;
  const careless = `${namespace}/pods/careless`;
  const chart = mkdtempSync(join(tmpdir(), "muster-chart-"));
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("dev", { only: "agentsmith" });
    await workspace.addStack(
      "other",
      "config:\n  muster:agentsmith: { namespace: taken, adopt: true, config: stacks/dev/agentsmith.yml }\n",
    );
    await install(chart, workspace.environment);
    const containers = [{ name: "careless", image: "careless:1" }];
    await api.create(`${namespace}/pods`, { metadata: { name: "careless" }, spec: { containers } });
  });
  afterAll(async () => {
    rmSync(chart, { recursive: true });
    await workspace.dispose();
  });

  test("nothing is changed while a pod would be refused, or an object cannot become what is declared", async () => {
    const { metadata } = await api.get(namespace);
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const refused = await workspace.pulumi(...command);
      expect(refused.exitCode).not.toBe(0);
      expect(refused.output).toContain("could not be started again once it enforces `restricted`");
      expect(refused.output).toMatch(/careless: allowPrivilegeEscalation != false/);
      expect(refused.output).toMatch(/Deployment taken\/redis: .*spec\.selector.*field is immutable/);
      expect(refused.output).toContain("kubectl delete deployment redis --namespace taken --cascade=orphan");
    }
    expect((await api.get(namespace)).metadata.labels).toEqual(metadata.labels);
  });

  test("preview says what is taken over and what is changed there", async () => {
    await api.delete(`${careless}?gracePeriodSeconds=0`);
    await api.delete(`${redis}?propagationPolicy=Orphan`);
    for (const path of [careless, redis]) while (await api.find(path)) await setTimeout(200);
    const preview = await workspace.succeeds("preview");
    for (const line of [
      /Taken over, as `adopt` says/,
      /Namespace taken \(.*written by helm, 20/,
      /metadata\.labels\["pod-security\.kubernetes\.io\/enforce"\] becomes "restricted"/,
      /all pods in it, whoever made them: the Pod Security Standard `restricted`/,
      /Service taken\/redis \(Helm release theirs; written by helm, 20/,
      /spec\.ports\[9999\/TCP\] is .*9999.*, and not declared \(helm, /,
      /spec\.selector (is|has) \{"app":"redis"\}/,
    ])
      expect(preview).toMatch(line);
    expect((await api.get(service)).spec.selector).toEqual({ app: "redis" });
  });

  test("up takes it over, and only it", async () => {
    await workspace.succeeds("up", "--yes", "--skip-preview");
    const { metadata, spec } = await api.get(service);
    expect(metadata.labels["app.kubernetes.io/managed-by"]).toBe("muster");
    expect(spec.ports.map(({ port }: { port: number }) => port)).toEqual([6379]);
    expect(spec.selector).not.toHaveProperty("app");
    expect((await api.get(own)).metadata.labels["app.kubernetes.io/managed-by"]).toBe("Helm");
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  test("destroy leaves the namespace, and what in it is not Muster's", async () => {
    await workspace.succeeds("destroy", "--yes", "--skip-preview");
    expect((await api.get(namespace)).metadata.deletionTimestamp).toBeUndefined();
    expect((await api.get(own)).data).toEqual({ whose: "theirs" });
    expect(await api.find(service)).toBeUndefined();
    expect(await api.list("/apis/networking.k8s.io/v1/namespaces/taken/networkpolicies")).toEqual([]);
  });
});

/** A release with a Deployment and a Service by the names of agentsmith's, and an object of its own. */
async function install(chart: string, env: Readonly<Record<string, string>>): Promise<void> {
  const labels = { app: "redis" };
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: 999,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  const template = {
    metadata: { labels },
    spec: { containers: [{ name: "redis", image: "redis:6", securityContext }] },
  };
  const ports = [6379, 9999].map((port) => ({ name: `port-${port}`, port }));
  const objects = [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "redis" },
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    },
    { apiVersion: "v1", kind: "Service", metadata: { name: "redis" }, spec: { selector: labels, ports } },
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "of-the-release" }, data: { whose: "theirs" } },
  ];
  mkdirSync(join(chart, "templates"));
  writeFileSync(join(chart, "Chart.yaml"), stringify({ apiVersion: "v2", name: "theirs", version: "1.0.0" }));
  writeFileSync(join(chart, "templates/all.yaml"), objects.map((each) => stringify(each)).join("---\n"));
  const { helm } = await toolchain(["helm"]);
  const args = ["install", "theirs", chart, "--namespace", "taken", "--create-namespace"];
  await execa(helm!, args, { env: { ...env, HOME: chart } });
}
