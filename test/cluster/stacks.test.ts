import { afterEach, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { readyEndpoints } from "./ready-endpoints";

describe("the other stacks, as they are shipped", () => {
  const api = kubernetes();
  let workspace: Workspace;

  afterEach(() => workspace.dispose());

  test("dev: one dispatcher, images that are on the node, no way in from outside", async () => {
    await up("dev");
    const deployment = await dispatcher("agentsmith-dev");
    expect(deployment.status.readyReplicas).toBe(1);
    expect(deployment.spec.template.spec.containers[0].imagePullPolicy).toBe("Never");
    expect(await api.list("/apis/networking.k8s.io/v1/namespaces/agentsmith-dev/ingresses")).toEqual([]);
    // With one pod, a budget would only keep its node from being drained.
    expect(await api.list("/apis/policy/v1/namespaces/agentsmith-dev/poddisruptionbudgets")).toEqual([]);
  });

  test("staging: its own host, and a quota of three agents", async () => {
    await up("staging");
    expect((await dispatcher("agentsmith-staging")).status.readyReplicas).toBe(1);
    const ingress = await api.get(
      "/apis/networking.k8s.io/v1/namespaces/agentsmith-staging/ingresses/agentsmith",
    );
    expect(ingress.spec.rules.map((rule: { host: string }) => rule.host)).toEqual([
      "agentsmith.staging.yourcompany.com",
    ]);
    const quota = await api.get("/api/v1/namespaces/agentsmith-staging/resourcequotas/agent");
    expect(quota.spec.hard).toEqual({ pods: "3" });
  });

  test("an autoscaled dispatcher leaves the number of its pods to the autoscaler", async () => {
    workspace = await createWorkspace("dev", { only: "agentsmith" });
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace("replicas: 1", "autoscaling: { minReplicas: 2, maxReplicas: 4, cpuUtilization: 70 }"),
    );
    await deploy();
    await expect
      .poll(async () => (await dispatcher("agentsmith-dev")).status.readyReplicas, { timeout: 30_000 })
      .toBe(2);
    const autoscaler = await api.get(
      "/apis/autoscaling/v2/namespaces/agentsmith-dev/horizontalpodautoscalers/dispatcher",
    );
    expect(autoscaler.spec).toMatchObject({ minReplicas: 2, maxReplicas: 4 });
    // What somebody else set stays, since Muster does not own the field.
    await api.patch("/apis/apps/v1/namespaces/agentsmith-dev/deployments/dispatcher", {
      spec: { replicas: 3 },
    });
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace("cpuUtilization: 70", "cpuUtilization: 60"),
    );
    await deploy();
    expect((await dispatcher("agentsmith-dev")).spec.replicas).toBe(3);
  });

  test("a fixed number takes over from an autoscaler, by preview and up", async () => {
    workspace = await createWorkspace("dev", { only: "agentsmith" });
    const range = "autoscaling: { minReplicas: 2, maxReplicas: 4, cpuUtilization: 70 }";
    await workspace.edit("Pulumi.dev.yaml", (text) => text.replace("replicas: 1", range));
    await deploy();
    await expect
      .poll(async () => (await dispatcher("agentsmith-dev")).status.readyReplicas, { timeout: 30_000 })
      .toBe(2);
    await workspace.edit("Pulumi.dev.yaml", (text) => text.replace(range, "replicas: 1"));
    await workspace.succeeds("up", "--yes");
    expect((await dispatcher("agentsmith-dev")).status.replicas).toBe(1);
  });

  test("an autoscaler takes over from a fixed number without a drop", async () => {
    workspace = await createWorkspace("dev", { only: "agentsmith" });
    await workspace.edit("Pulumi.dev.yaml", (text) => text.replace("replicas: 1", "replicas: 3"));
    await deploy();
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace("replicas: 3", "autoscaling: { minReplicas: 2, maxReplicas: 4, cpuUtilization: 70 }"),
    );
    const samples = await readyEndpoints(api, "agentsmith-dev");
    await deploy();
    const { endpoints } = await samples.stop();
    expect(endpoints).toEqual({ dispatcher: 3, redis: 1 });
    expect((await dispatcher("agentsmith-dev")).spec.replicas).toBe(3);
  });

  async function up(stack: string) {
    workspace = await createWorkspace(stack, { only: "agentsmith" });
    await deploy();
  }

  async function deploy() {
    const { exitCode, output } = await workspace.pulumi(
      "up",
      "--yes",
      "--skip-preview",
      "--policy-pack",
      "policies",
    );
    expect(exitCode, output).toBe(0);
  }

  const dispatcher = (namespace: string) =>
    api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/dispatcher`);
});
