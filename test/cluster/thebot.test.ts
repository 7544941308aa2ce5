import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";

const namespace = "thebot";
const api = kubernetes();
const component = (pod: KubernetesObject) => pod.metadata.labels["app.kubernetes.io/component"];

// The document's promises, on a real API server. The tests build on each other, in this order.
describe("thebot in prod", () => {
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("prod", { only: "thebot" });
  });
  afterAll(() => workspace.dispose());

  test("one command deploys it, and everything in it is ready", async () => {
    await up();
    const list = async () =>
      (await api.list(`/api/v1/namespaces/${namespace}/pods`)).map((p) => [component(p), p.status.phase]);
    console.log(await list());
  });

  async function up(...flags: string[]) {
    const { exitCode, output } = await workspace.pulumi(
      "up",
      "--yes",
      "--skip-preview",
      "--policy-pack",
      "policies",
      ...flags,
    );
    console.log(output);
    expect(exitCode, output).toBe(0);
  }
});
