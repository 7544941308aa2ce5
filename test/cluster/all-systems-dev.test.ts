import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeclaredSecret } from "../../config/secrets";
import { systems } from "../../systems";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { deploy, type Placed, standsWhole } from "./all-systems";
import { everyObject, everythingSaid, expectNowhere } from "./markers";
import { podTemplate, running } from "./rtc-egress";
import { secretValues } from "./secrets";
import { thebotAsDocumented } from "./thebot-documented";
import { component, containerOf, environmentOf, open } from "./wbot";

// The tests build on each other, in this order.
describe("all systems in dev, each of their secrets known", () => {
  const api = kubernetes();
  const given: Record<string, string> = {};
  let workspace: Workspace;
  let placed: Placed;
  let known: string[];

  beforeAll(async () => {
    // With the copies of the state that the CLI keeps unless it is told not to, and what it writes between its steps.
    const variables = {
      PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "false",
      PULUMI_SKIP_CHECKPOINTS: "false",
    };
    workspace = await createWorkspace("dev", { variables });
    // A server of the system's own takes plain passwords alone.
    for (const [name, { secrets }] of Object.entries(systems))
      for (const [key, { when, ownServer }] of Object.entries<DeclaredSecret>(secrets))
        if (!when)
          given[`${name}:${key}`] = ownServer
            ? `known-${name}_${key}~marker.one`
            : `known+${name}/${key}=marker one`;
    const assigned = Object.entries(given).flatMap(([key, value]) => ["--secret", `${key}=${value}`]);
    await workspace.succeeds("config", "set-all", ...assigned);
    ({ placed } = await deploy(workspace));
  });
  afterAll(() => workspace.dispose());

  standsWhole(
    "dev",
    () => workspace,
    () => placed,
  );

  test("agentsmith: one dispatcher, images that are on the node, no way in from outside", async () => {
    const deployment = await api.get("/apis/apps/v1/namespaces/agentsmith-dev/deployments/dispatcher");
    expect(deployment.status.readyReplicas).toBe(1);
    expect(deployment.spec.template.spec.containers[0].imagePullPolicy).toBe("Never");
    expect(await api.list("/apis/networking.k8s.io/v1/namespaces/agentsmith-dev/ingresses")).toEqual([]);
    // With one pod, a budget would only keep its node from being drained.
    expect(await api.list("/apis/policy/v1/namespaces/agentsmith-dev/poddisruptionbudgets")).toEqual([]);
  });

  test("rtc-egress: one pod of each, with no autoscaler and no budget", async () => {
    const namespace = "rtc-egress-dev";
    expect(await running(namespace)).toEqual({
      egress: 1,
      redis: 1,
      "web-dispatch": 1,
      "web-recorder": 1,
      "webhook-notifier": 1,
    });
    for (const path of ["autoscaling/v2", "policy/v1"]) {
      const plural = path === "policy/v1" ? "poddisruptionbudgets" : "horizontalpodautoscalers";
      expect(await api.list(`/apis/${path}/namespaces/${namespace}/${plural}`)).toEqual([]);
    }
    const pulled = async (name: string) =>
      (await podTemplate(namespace, name)).spec.containers[0].imagePullPolicy;
    expect([await pulled("egress"), await pulled("web-recorder")]).toEqual(["Never", "IfNotPresent"]);
  });

  test("wbot: one pod of each, and no way in from outside", async () => {
    const namespace = "wbot-dev";
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    expect(pods.map(component).sort()).toEqual(["redis", "smoke", "wbot-ai", "wbot-web"]);
    expect((await containerOf(namespace, "wbot-ai")).imagePullPolicy).toBe("Never");
    for (const path of [
      `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
      `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
      `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    ])
      expect(await api.list(path)).toEqual([]);
    expect((await open(namespace)).filter((line) => line.startsWith("the ingress controller"))).toEqual([]);
    expect(await environmentOf(namespace, "wbot-ai")).toMatchObject({
      CORS_ORIGINS: "http://localhost:8080",
    });
  });

  thebotAsDocumented("dev");

  test("none of them, and no password that is made, is in the state or in anything that is said", async () => {
    const inSecrets: string[] = [];
    for (const { namespace } of Object.values(placed))
      for (const { metadata } of await api.list(`/api/v1/namespaces/${namespace}/secrets`)) {
        // Whom the password of a PostgreSQL is of is no secret.
        const { user, ...values } = await secretValues(api, namespace, metadata.name);
        inSecrets.push(...Object.values(values));
      }
    expect(inSecrets).toEqual(expect.arrayContaining(Object.values(given)));
    known = [...new Set([...Object.values(given), ...inSecrets])];
    expect(known.length).toBeGreaterThan(Object.keys(given).length + 4);
    const said = await everythingSaid(workspace, api);
    expectNowhere(known, said);
    // A second up, that is, changes nothing.
    expect(said["up --diff"]).toMatch(/Resources:\n {4}\d+ unchanged\n\nDuration/);
  });

  test("nor in what the CLI says at -v=9, whose log, a file, has them", async () => {
    const directory = mkdtempSync(join(tmpdir(), "muster-log-"));
    try {
      const env = { ...workspace.environment, TMPDIR: directory };
      const { all } = await execa("pulumi", ["preview", "-v=9"], { cwd: workspace.project, env, all: true });
      expectNowhere(known, { "preview -v=9": all! });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test("nor in an up that fails, and in what that leaves", async () => {
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text
        .replace("image:", "$&\n      dispatcher: agentsmith-dispatcher:broken")
        .replace(
          "replicas: 1",
          "$&\n      rolloutTimeoutSeconds: 15\n      terminationGracePeriodSeconds: 10",
        ),
    );
    const { exitCode, output } = await workspace.pulumi("up", "--yes", "--skip-preview", "--diff");
    expect(exitCode).not.toBe(0);
    expect(output).toContain("ImagePullBackOff");
    const objects = await everyObject(api);
    expectNowhere(known, { output, objects, "the state": await workspace.stateFiles() });
  });

  test("nor in a destroy, and in what that leaves", async () => {
    const output = await workspace.succeeds("destroy", "--yes", "--skip-preview", "--diff");
    const objects = await everyObject(api);
    expectNowhere(known, { output, objects, "the state": await workspace.stateFiles() });
  });
});
