import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { processes } from "../../tools/processes";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { objectsIn, objectsOf, reached, redisPassword } from "./objects";

// `up` prints a line for every step of every object: some eighty for agentsmith's first deployment.
const moments = [1, 4, 8, 12, 16, 20, 25, 30, 35, 40, 45, 50, 54, 58, 62, 66, 70, 75].map((after) => ({
  after,
  what: "lines",
}));

describe("an up that is killed", () => {
  const api = kubernetes();
  let workspace: Workspace;

  beforeAll(async () => {
    // What a killed one leaves is what it had written by then.
    const variables = { PULUMI_SKIP_CHECKPOINTS: "false" };
    workspace = await createWorkspace("dev", { only: "agentsmith", variables });
  });
  afterAll(() => workspace.dispose());

  // Each in a namespace and a stack of its own, so that every one is a first deployment.
  test.each(moments.map((moment, index) => ({ ...moment, stack: `killed-${index + 1}` })))(
    "after $after $what is carried to its end by the documented commands",
    async ({ stack, ...when }) => {
      await workspace.addStack(
        stack,
        `config:\n  muster:agentsmith: { config: stacks/dev/agentsmith.yml }\n`,
      );
      const namespace = `agentsmith-${stack}`;
      await killUp(stack, when);
      const password = await redisPassword(api, namespace);

      await workspace.succeeds("cancel", "--yes", "--stack", stack);
      await workspace.succeeds(
        "refresh",
        "--yes",
        "--skip-preview",
        "--clear-pending-creates",
        "--stack",
        stack,
      );
      await workspace.succeeds("up", "--yes", "--skip-preview", "--stack", stack);
      await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", stack);

      const { deployment } = JSON.parse(await workspace.succeeds("stack", "export", "--stack", stack));
      expect(deployment.pending_operations ?? []).toEqual([]);
      expect(await objectsIn(api, namespace)).toEqual(objectsOf(deployment.resources, namespace));
      if (password) expect(await redisPassword(api, namespace)).toBe(password);
      // What runs is watched by all controllers: the next moment is to find as little as this one did.
      await api.delete(`/api/v1/namespaces/${namespace}`);
    },
  );

  test("its program ends once its language host is gone, whatever it was waiting for", async () => {
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace("image:", "$&\n      dispatcher: agentsmith-dispatcher:broken"),
    );
    const up = begin("dev");
    await reached(up, { after: 0, what: "lines" }, /agentsmith-dispatcher creating/);
    const running = (program: string) => processes((command) => command.includes(program));
    const program = `--root-directory ${workspace.project}`;
    expect(running(program)).toHaveLength(1);
    // An engine that is stopped is no connection that ends.
    up.kill("SIGSTOP");
    for (const host of running(join(workspace.project, "../bin/pulumi-language-nodejs")))
      process.kill(host, "SIGKILL");
    try {
      await expect.poll(() => running(program)).toEqual([]);
    } finally {
      up.kill("SIGKILL");
      await up;
    }
  });

  const begin = (stack: string) =>
    execa("pulumi", ["up", "--yes", "--skip-preview", "--stack", stack], {
      cwd: workspace.project,
      env: workspace.environment,
      reject: false,
    });

  async function killUp(stack: string, when: { after: number; what: string }): Promise<void> {
    const up = begin(stack);
    await reached(up, when);
    up.kill("SIGKILL");
    expect((await up).signal).toBe("SIGKILL");
  }
});
