import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";

describe("objects changed behind Pulumi's back", () => {
  const api = kubernetes();
  const name = "agentsmith-dev";
  const namespace = `/api/v1/namespaces/${name}`;
  const secret = `${namespace}/secrets/redis`;
  const dispatcher = `/apis/apps/v1/namespaces/${name}/deployments/dispatcher`;
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("dev", { only: "agentsmith" });
    await workspace.succeeds("up", "--yes", "--skip-preview");
  });
  afterAll(() => workspace.dispose());

  test("a deleted Secret goes unnoticed by up, and comes back with its password by up --refresh", async () => {
    const { data } = await api.get(secret);
    await api.delete(secret);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect(await exists(secret)).toBe(false);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--refresh");
    expect((await api.get(secret)).data).toEqual(data);
    await changesNothing();
  });

  test("a deleted namespace comes back with all that was in it, and its password, by up --refresh", async () => {
    const { data } = await api.get(secret);
    await api.delete(namespace);
    while (await exists(namespace)) await setTimeout(200);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--refresh");
    expect((await api.get(secret)).data).toEqual(data);
    expect((await api.get(dispatcher)).status.readyReplicas).toBe(1);
    await changesNothing();
  });

  test("a field that another manager has taken: up --refresh says which and whose, and takes it back when forced", async () => {
    await api.apply(dispatcher, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "dispatcher", namespace: name },
      spec: { replicas: 3 },
    });
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
    expect((await api.get(dispatcher)).spec.replicas).toBe(3);

    const refused = await workspace.pulumi("up", "--yes", "--skip-preview", "--refresh");
    expect(refused.exitCode, refused.output).not.toBe(0);
    expect(refused.output).toMatch(/conflict with "muster-tools"[^\n]*: \.spec\.replicas/);
    expect((await api.get(dispatcher)).spec.replicas).toBe(3);

    await execa("pulumi", ["up", "--yes", "--skip-preview", "--refresh"], {
      cwd: workspace.project,
      env: { ...workspace.environment, PULUMI_K8S_ENABLE_PATCH_FORCE: "true" },
    });
    expect((await api.get(dispatcher)).spec.replicas).toBe(1);
    await changesNothing();
  });

  test("an object that is to be replaced, under the name it has, is there afterwards", async () => {
    const { metadata } = await api.get(dispatcher);
    const { deployment } = JSON.parse(await workspace.succeeds("stack", "export"));
    const { urn } = deployment.resources.find(({ urn }: { urn: string }) =>
      urn.endsWith("Deployment::agentsmith-dispatcher"),
    );
    await workspace.succeeds("up", "--yes", "--skip-preview", "--replace", urn);
    const replaced = await api.get(dispatcher);
    expect(replaced.metadata.uid).not.toBe(metadata.uid);
    expect(replaced.status.readyReplicas).toBe(1);
    await changesNothing();
  });

  const changesNothing = () => workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");

  const exists = async (path: string) => (await api.find(path)) !== undefined;
});
