import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";

describe("objects changed behind Pulumi's back", () => {
  const api = kubernetes();
  const name = "agentsmith-dev";
  const namespace = `/api/v1/namespaces/${name}`;
  const secret = `${namespace}/secrets/redis`;
  const dispatcher = `/apis/apps/v1/namespaces/${name}/deployments/dispatcher`;
  const redis = `/apis/apps/v1/namespaces/${name}/deployments/redis`;
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("dev", { only: "agentsmith" });
    await workspace.succeeds("up", "--yes", "--skip-preview");
  });
  afterAll(() => workspace.dispose());

  test("what was deleted is named by preview and made again by up; what runs goes on", async () => {
    const { data } = await api.get(secret);
    const running = (await api.get(redis)).metadata.uid;
    const deleted = [secret, `${namespace}/serviceaccounts/redis`, dispatcher];
    for (const path of deleted) await api.delete(path);
    for (const path of deleted) while (await exists(path)) await setTimeout(200);

    const preview = await workspace.succeeds("preview");
    for (const name of ["Secret", "ServiceAccount"])
      expect(preview).toContain(`${name} agentsmith-dev/redis is gone`);
    expect(preview).toContain("Deployment agentsmith-dev/dispatcher is gone");
    expect(preview).toMatch(/\+-3 to replace\s+\d+ unchanged/);

    await up();
    expect((await api.get(secret)).data).toEqual(data);
    expect((await api.get(dispatcher)).status.readyReplicas).toBe(1);
    expect((await api.get(redis)).metadata.uid).toBe(running);
  });

  test("a deleted namespace comes back with all that was in it, and its password", async () => {
    const { data } = await api.get(secret);
    await api.delete(namespace);
    while (await exists(namespace)) await setTimeout(200);
    await up();
    expect((await api.get(secret)).data).toEqual(data);
    expect((await api.get(dispatcher)).status.readyReplicas).toBe(1);
  });

  test("what others changed or added is named with them by preview, and taken back by up", async () => {
    const role = `/apis/rbac.authorization.k8s.io/v1/namespaces/${name}/roles/dispatcher`;
    const policy = `/apis/networking.k8s.io/v1/namespaces/${name}/networkpolicies/redis`;
    const service = `${namespace}/services/redis`;
    const paths = [namespace, role, policy, service, secret, dispatcher];
    const before = await Promise.all(paths.map((path) => asDeclared(path)));

    const rules = (await api.get(role)).rules;
    const rule = { apiGroups: [""], resources: ["secrets"], verbs: ["get", "list"] };
    await api.patch(by(role, "kubectl-edit"), { rules: [...rules, rule] });
    await api.patch(by(policy, "stranger"), { spec: { ingress: [{}] } });
    await api.patch(by(service, "stranger"), { spec: { selector: { nobody: "has-it" } } });
    await api.patch(by(secret, "stranger"), { data: { password: "aHVzaA==", another: "aHVzaA==" } });
    await api.patch(by(dispatcher, "stranger"), { spec: { replicas: 0, minReadySeconds: 7 } });
    const container = { name: "second", image: "stranger:1", env: [{ name: "TOKEN", value: "hush" }] };
    const at = { op: "add", path: "/spec/template/spec/containers/-", value: container };
    await api.edit(by(dispatcher, "another"), [at]);
    const privileged = { "pod-security.kubernetes.io/enforce": "privileged" };
    await api.patch(by(namespace, "kubectl-label"), { metadata: { labels: privileged } });

    const preview = await workspace.succeeds("preview");
    for (const line of [
      /Role \S+dispatcher: rules has .*"secrets".*, which is not declared \(kubectl-edit, 20/,
      /NetworkPolicy \S+redis: spec\.ingress has \[\{\}\], which is not declared and lacks \[\{"from":.*\(stranger, 20/,
      /Service \S+redis: spec\.selector has \{"nobody":"has-it"\}, which is not declared \(stranger, /,
      /Secret \S+redis: data\.password is \[secret\], declared is \[secret\] \(stranger, /,
      /Secret \S+redis: data\.another is \[secret\], and not declared \(stranger, /,
      /Deployment \S+dispatcher: spec\.replicas is 0, declared is 1/,
      /Deployment \S+dispatcher: spec\.minReadySeconds is 7, and not declared \(stranger, /,
      /Deployment \S+dispatcher: spec\.template\.spec\.containers\[second\] is .*"stranger:1".* \(another, /,
      /Namespace agentsmith-dev: metadata\.labels\["pod-security\.kubernetes\.io\/enforce"\] is "privileged", declared is "restricted" \(kubectl-label, /,
    ])
      expect(preview).toMatch(line);
    expect(preview).toMatch(/~ 6 to update\s+\d+ unchanged/);
    expect(preview).not.toContain("hush");

    await up();
    expect(await Promise.all(paths.map((path) => asDeclared(path)))).toEqual(before);
  });

  // Nor is anything left to do after what was brought back above.
  test("a restart, and what marks an object from outside, is nobody's drift", async () => {
    const restartedAt = { "kubectl.kubernetes.io/restartedAt": "2026-01-02T03:04:05Z" };
    const template = { metadata: { annotations: restartedAt } };
    await api.patch(by(dispatcher, "kubectl-rollout"), { spec: { template } });
    await api.patch(by(namespace, "rancher"), { metadata: { annotations: { "cattle.io/status": "{}" } } });
    await changesNothing();
    expect((await api.get(dispatcher)).spec.template.metadata.annotations).toMatchObject(restartedAt);
    await api.patch(dispatcher, {
      spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": null } } } },
    });
  });

  test("config says what is left to others, and what an update fails at", async () => {
    const drift = "muster:cluster.drift";
    await workspace.configure({
      [`${drift}[0].kind`]: "Deployment",
      [`${drift}[0].field`]: "spec.replicas",
      [`${drift}[0].action`]: "leave",
      [`${drift}[1].kind`]: "PodDisruptionBudget",
      [`${drift}[1].action`]: "leave",
      [`${drift}[2].kind`]: "Service",
      [`${drift}[2].action`]: "fail",
    });
    await api.patch(by(dispatcher, "stranger"), { spec: { replicas: 2 } });
    await up();
    expect((await api.get(dispatcher)).spec.replicas).toBe(2);
    await changesNothing();

    const service = `${namespace}/services/redis`;
    await api.patch(by(service, "stranger"), { spec: { sessionAffinity: "ClientIP" } });
    const refused = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toMatch(
      /muster:cluster\.drift says to fail at:\s+Service \S+redis: spec\.sessionAffinity is/,
    );

    await workspace.succeeds("config", "rm", "muster:cluster");
    await up();
    expect((await api.get(dispatcher)).spec.replicas).toBe(1);
    expect((await api.get(service)).spec.sessionAffinity).toBe("None");
    await changesNothing();
  });

  test("with the ClusterRole view alone, preview compares what it may see and names the rest", async () => {
    const binding = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
    await api.create(binding, {
      metadata: { name: "viewer" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
      subjects: [{ kind: "ServiceAccount", namespace: "default", name: "default" }],
    });
    const account = "/api/v1/namespaces/default/serviceaccounts/default";
    const { status } = await api.create(`${account}/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: {},
    });
    const kubeconfig = parse(readFileSync(workspace.environment.KUBECONFIG!, "utf8"));
    kubeconfig.users[0].user = { token: status.token };
    const path = join(workspace.project, "viewer.kubeconfig");
    writeFileSync(path, stringify(kubeconfig));
    await api.patch(by(dispatcher, "stranger"), { spec: { minReadySeconds: 9 } });

    const env = { ...workspace.environment, KUBECONFIG: path, MUSTER_LOCAL_KUBECONFIG: path };
    const preview = await execa("pulumi", ["preview"], { cwd: workspace.project, env, all: true });
    await api.delete(`${binding}/viewer`);
    expect(preview.all).toMatch(/Deployment \S+dispatcher: spec\.minReadySeconds is 9, and not declared/);
    expect(preview.all).toContain("Not checked in the cluster:");
    expect(preview.all).toMatch(/Secrets in agentsmith-dev: secrets is forbidden/);
    expect(preview.all).toMatch(/Roles in agentsmith-dev: /);
    await up();
  });

  test("what is there already and another's stops preview and up before anything is made", async () => {
    const file = "config:\n  muster:agentsmith: { namespace: taken, config: stacks/dev/agentsmith.yml }\n";
    await workspace.addStack("other", file);
    await workspace.succeeds("stack", "select", "dev");
    await api.create("/api/v1/namespaces", { metadata: { name: "taken" } });
    const release = { "meta.helm.sh/release-name": "theirs" };
    const metadata = {
      name: "redis",
      labels: { "app.kubernetes.io/managed-by": "Helm" },
      annotations: release,
    };
    await api.create(by("/api/v1/namespaces/taken/services", "helm"), {
      metadata,
      spec: { ports: [{ port: 1 }] },
    });
    for (const command of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const refused = await workspace.pulumi(...command, "--stack", "other");
      expect(refused.exitCode).not.toBe(0);
      expect(refused.output).toContain("Nothing was created or changed.");
      expect(refused.output).toContain("Namespace taken");
      expect(refused.output).toMatch(/Service taken\/redis: Helm release theirs; written by helm, 20/);
    }
    expect((await api.get("/api/v1/namespaces/taken")).metadata.labels).toEqual({
      "kubernetes.io/metadata.name": "taken",
    });
    expect(await api.list("/apis/apps/v1/namespaces/taken/deployments")).toEqual([]);
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

  test("while the removal of a system waits, up says for what, and ends once that is gone", async () => {
    const held = `${namespace}/configmaps/held`;
    await api.create(`${namespace}/configmaps`, {
      metadata: { name: "held", finalizers: ["example.com/kept"] },
    });
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace("muster:agentsmith:", "muster:wbot: {}\n  muster:agentsmith:"),
    );
    await workspace.succeeds("config", "rm", "muster:agentsmith");
    const up = execa("pulumi", ["up", "--yes", "--skip-preview"], {
      cwd: workspace.project,
      env: workspace.environment,
      reject: false,
      all: true,
    });
    let output = "";
    up.all?.on("data", (chunk) => {
      output += chunk;
    });
    const waiting = /Namespace agentsmith-dev is being deleted, and waits for: .*example\.com\/kept/;
    await Promise.race([expect.poll(() => output).toMatch(waiting), up]);
    await api.patch(held, { metadata: { finalizers: null } });
    const { exitCode } = await up;
    expect(exitCode, output).toBe(0);
    // While it waits, and once more at the end.
    expect(output.match(new RegExp(waiting, "g"))?.length).toBeGreaterThanOrEqual(2);
    expect(await exists(namespace)).toBe(false);
  });

  /** As another manager than Muster. */
  const by = (path: string, manager: string) => `${path}?fieldManager=${manager}`;

  const up = () => workspace.succeeds("up", "--yes", "--skip-preview");

  /** An object without what its own life writes. */
  async function asDeclared(path: string) {
    const { metadata, status, ...rest } = await api.get(path);
    const { labels, annotations } = metadata;
    const { "deployment.kubernetes.io/revision": revision, ...others } = annotations ?? {};
    return { ...rest, metadata: { labels, annotations: others } };
  }

  const changesNothing = () => workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");

  const exists = async (path: string) => (await api.find(path)) !== undefined;
});
