import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { readyEndpoints } from "./ready-endpoints";

// Who says how many pods there are: config by a number, or an autoscaler. The tests build on each other, in this order.
describe("a dispatcher whose number of pods somebody else comes to say", () => {
  const api = kubernetes();
  const namespace = "agentsmith-dev";
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/dispatcher`;
  const autoscalers = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
  const range = "autoscaling: { minReplicas: 2, maxReplicas: 4, cpuUtilization: 70 }";
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("dev", { only: "agentsmith" });
    await edit("replicas: 1", range);
    await up();
  });
  afterAll(() => workspace.dispose());

  test("the autoscaler brings its least number", async () => {
    await expect.poll(ready).toBe(2);
    expect((await api.get(`${autoscalers}/dispatcher`)).spec).toMatchObject({
      minReplicas: 2,
      maxReplicas: 4,
    });
  });

  test("a fixed number takes over and holds, though the autoscaler goes last: here 20 s after it, of an up that fails", async () => {
    await edit(/autoscaling: .*/, "replicas: 1");
    await edit(
      "dispatcher:",
      "dispatcher:\n      rolloutTimeoutSeconds: 20\n      terminationGracePeriodSeconds: 10",
    );
    await edit("image:", "image:\n      dispatcher: agentsmith-dispatcher:broken");
    const { exitCode, output } = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(exitCode, output).not.toBe(0);
    expect(await api.list(autoscalers)).toHaveLength(1);
    expect((await dispatcher()).spec.replicas).toBe(1);
    // The way back from there, and then once more to the end.
    await edit("rolloutTimeoutSeconds: 20", "rolloutTimeoutSeconds: 500");
    await edit(":broken", ":v2");
    await edit("replicas: 1", range);
    await workspace.succeeds("up", "--yes", "--refresh");
    expect((await api.get(`${autoscalers}/dispatcher`)).spec).toMatchObject({
      minReplicas: 2,
      maxReplicas: 4,
    });
    await edit(range, "replicas: 1");
    await up();
    expect(await api.list(autoscalers)).toEqual([]);
    expect((await dispatcher()).status).toMatchObject({ replicas: 1, readyReplicas: 1 });
  });

  test("an autoscaler takes over from a fixed number without a drop", async () => {
    await edit("replicas: 1", "replicas: 3");
    await up();
    const samples = await readyEndpoints(api, namespace);
    await edit("replicas: 3", range);
    await workspace.succeeds("up", "--yes");
    const { endpoints } = await samples.stop();
    expect(endpoints).toEqual({ dispatcher: 3, redis: 1 });
    expect((await dispatcher()).spec.replicas).toBe(3);
  });

  test("what it sets from then on, an up leaves", async () => {
    await api.patch(`${autoscalers}/dispatcher`, { spec: { minReplicas: 4 } });
    await expect.poll(ready).toBe(4);
    await edit(":v2", ":v3");
    await up();
    expect((await dispatcher()).status).toMatchObject({ replicas: 4, readyReplicas: 4 });
  });

  test("the fixed number of before takes over again", async () => {
    await edit(range, "replicas: 3");
    await up();
    expect((await dispatcher()).status).toMatchObject({ replicas: 3, readyReplicas: 3 });
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  const dispatcher = (): Promise<KubernetesObject> => api.get(deployment);

  const ready = async () => (await dispatcher()).status.readyReplicas;

  const up = () => workspace.succeeds("up", "--yes", "--skip-preview");

  async function edit(from: string | RegExp, to: string) {
    await workspace.edit("Pulumi.dev.yaml", (text) => text.replace(from, to));
  }
});
