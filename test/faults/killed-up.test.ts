import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { processes } from "../../tools/processes";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { objectsIn, objectsOf, reached, recorded, redisPassword } from "./objects";

// Of agentsmith's first deployment, some 54 resources in all. Each begins anew in a stack of its own, and goes on from
// where the last one was killed: what a kill leaves and the next does not mend is there at its end.
const deployments = [0, 3, 6].map((first) => [0, 9, 18, 27, 36, 45].map((later) => first + later));

describe("an up that is killed", () => {
  const api = kubernetes();
  let workspace: Workspace;

  beforeAll(async () => {
    // What a killed one leaves is what it had written by then.
    const variables = { PULUMI_SKIP_CHECKPOINTS: "false" };
    workspace = await createWorkspace("dev", { only: "agentsmith", variables });
  });
  afterAll(() => workspace.dispose());

  test.each(deployments.map((moments, index) => ({ moments, stack: `killed-${index + 1}` })))(
    "with ever more resources made is carried on by the documented commands, and to its end ($stack)",
    async ({ stack, moments }) => {
      await workspace.addStack(
        stack,
        `config:\n  muster:agentsmith: { config: stacks/dev/agentsmith.yml }\n`,
      );
      const namespace = `agentsmith-${stack}`;
      let password: string | undefined;
      for (const resources of moments) {
        await killUp(stack, resources);
        const found = await redisPassword(api, namespace);
        if (password) expect(found).toBe(password);
        password = found;
        await workspace.succeeds("cancel", "--yes", "--stack", stack);
        await workspace.succeeds(
          "refresh",
          "--yes",
          "--skip-preview",
          "--clear-pending-creates",
          "--stack",
          stack,
        );
        expect(recorded(stateFile(stack)).pending).toEqual([]);
      }
      expect(password).toBeDefined();
      await workspace.succeeds("up", "--yes", "--skip-preview", "--stack", stack);
      await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", stack);

      const { deployment } = JSON.parse(await workspace.succeeds("stack", "export", "--stack", stack));
      expect(deployment.pending_operations ?? []).toEqual([]);
      expect(await objectsIn(api, namespace)).toEqual(objectsOf(deployment.resources, namespace));
      expect(await redisPassword(api, namespace)).toBe(password);
      // What runs is watched by all controllers: the next one is to find as little as this one did.
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

  /** Kills an up once that many resources are made, with those of the ups before. */
  async function killUp(stack: string, resources: number): Promise<void> {
    const after = resources - recorded(stateFile(stack)).resources;
    const up = begin(stack);
    await reached(up, { after, what: "resources" });
    up.kill("SIGKILL");
    expect((await up).signal).toBe("SIGKILL");
  }

  const stateFile = (stack: string) =>
    join(workspace.project, "../backend/.pulumi/stacks/muster", `${stack}.json`);
});
