import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { root } from "../../tools/places";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";

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

  test.each(["dev", "staging", "prod"])(
    "the file of %s is as the CLI writes it, so that a key that is set changes that line alone",
    async (stack) => {
      workspace = await createWorkspace(stack);
      const file = () => readFileSync(join(workspace.project, `Pulumi.${stack}.yaml`), "utf8").split("\n");
      const shipped = readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8").split("\n");
      const before = file();
      // What `stack init` has added.
      expect(before.filter((line) => !line.startsWith("encryptionsalt:"))).toEqual(shipped);
      const policy = "muster:agentsmith.image.pullPolicy";
      await workspace.succeeds("config", "set", "--path", policy, "IfNotPresent");
      expect(file().filter((line, index) => line !== before[index])).toEqual([
        expect.stringContaining("pullPolicy: IfNotPresent"),
      ]);
    },
  );

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
