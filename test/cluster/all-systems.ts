import { expect, test } from "vitest";
import { notesOf } from "../../commands/notes/notes";
import { declaredSystems, systems } from "../../systems";
import { objectsIn, objectsOf } from "../faults/objects";
import { kubernetes } from "../harness/kubernetes";
import type { Workspace } from "../harness/workspace";
import { configOf } from "../unit/shipped-stack";
import { findsSomething } from "./documented-commands";

// What the shipped stacks are held to, whole: every system beside the others. Each is put there once, for whatever only
// looks at it; what changes a stack has one of its own.

const api = kubernetes();

/** What runs, as the stack's output says it: by system. */
export type Placed = Record<string, { namespace: string; keeps: string[] }>;

/** Puts the stack there under the policy pack; what it printed, and where its systems are. */
export async function deploy(workspace: Workspace): Promise<{ said: string; placed: Placed }> {
  const up = await workspace.pulumi("up", "--yes", "--skip-preview", "--policy-pack", "policies");
  expect(up.exitCode, up.output).toBe(0);
  const placed: Placed = JSON.parse(await workspace.succeeds("stack", "output", "systems", "--json"));
  return { said: up.output, placed };
}

export async function changesNothing(workspace: Workspace): Promise<void> {
  const options = ["--yes", "--skip-preview", "--expect-no-changes", "--policy-pack", "policies"];
  expect(await workspace.succeeds("up", ...options)).toMatch(/\d+ unchanged/);
}

/** Tests of a stack that is just deployed. */
export function standsWhole(stack: string, workspace: () => Workspace, where: () => Placed): void {
  test("one command deployed all systems, and every workload is ready", async () => {
    expect(Object.keys(where()).sort()).toEqual(Object.keys(systems).sort());
    for (const { namespace } of Object.values(where())) {
      const controllers = await Promise.all(
        ["deployments", "statefulsets"].map((kind) =>
          api.list(`/apis/apps/v1/namespaces/${namespace}/${kind}`),
        ),
      );
      // An autoscaler brings the pods above the first one, some time after it is there itself.
      const autoscaled = (
        await api.list(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`)
      ).map(({ spec }) => spec.scaleTargetRef.name);
      for (const { metadata, spec, status } of controllers.flat()) {
        const ready = expect(status.readyReplicas, `${namespace}/${metadata.name}`);
        if (autoscaled.includes(metadata.name)) ready.toBeGreaterThanOrEqual(1);
        else ready.toBe(spec.replicas);
      }
      for (const { metadata, status } of await api.list(`/apis/batch/v1/namespaces/${namespace}/jobs`))
        expect(status.succeeded, `${namespace}/${metadata.name}`).toBe(1);
    }
  });

  test("every command of the notes finds what it names", async () => {
    const running = declaredSystems(configOf(stack));
    // Whose APIs the test cluster does not serve.
    for (const system of running)
      for (const { command } of notesOf(system))
        if (!/ (?:externalsecrets|servicemonitors)$/.test(command))
          await findsSomething(command, { environment: workspace().environment });
  });

  test("every object in their namespaces is one that Pulumi knows, or is made by one", async () => {
    const { deployment } = JSON.parse(await workspace().succeeds("stack", "export"));
    for (const { namespace } of Object.values(where()))
      expect(await objectsIn(api, namespace)).toEqual(objectsOf(deployment.resources, namespace));
  });
}
