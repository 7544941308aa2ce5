import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notesOf } from "../../commands/notes/notes";
import { declaredSystems, systems } from "../../systems";
import { objectsIn, objectsOf } from "../faults/objects";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { configOf } from "../unit/shipped-stack";
import { findsSomething } from "./documented-commands";

const api = kubernetes();

// The shipped stacks, whole: every system beside the others.
describe.each(["dev", "staging", "prod"])("all systems in %s", (stack) => {
  let workspace: Workspace;
  let placed: Record<string, { namespace: string; keeps: string[] }>;

  beforeAll(async () => {
    workspace = await createWorkspace(stack);
  });
  afterAll(() => workspace.dispose());

  test("one command deploys them, under the policy pack, and every workload is ready", async () => {
    await workspace.succeeds("up", "--yes", "--skip-preview", "--policy-pack", "policies");
    placed = JSON.parse(await workspace.succeeds("stack", "output", "systems", "--json"));
    expect(Object.keys(placed).sort()).toEqual(Object.keys(systems).sort());
    for (const { namespace } of Object.values(placed)) {
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
          await findsSomething(command, { environment: workspace.environment });
  });

  test("every object in their namespaces is one that Pulumi knows, or is made by one", async () => {
    const { deployment } = JSON.parse(await workspace.succeeds("stack", "export"));
    for (const { namespace } of Object.values(placed))
      expect(await objectsIn(api, namespace)).toEqual(objectsOf(deployment.resources, namespace));
  });

  test("a second up changes nothing", async () => {
    await workspace.succeeds(
      "up",
      "--yes",
      "--skip-preview",
      "--expect-no-changes",
      "--policy-pack",
      "policies",
    );
  });

  // What is kept differs in nothing between the stacks, and destroying takes its time.
  if (stack !== "prod") return;

  test("destroy leaves what it says it keeps, and the next up takes that over", async () => {
    const volumes = await volumesOf(placed);
    await workspace.succeeds("destroy", "--yes");
    for (const { namespace, keeps } of Object.values(placed)) {
      const left = await objectsIn(api, namespace);
      const named = (kind: string) =>
        left.filter((each) => each.startsWith(kind)).map((each) => each.split(" ")[1]);
      const said = keeps.flatMap((each) => /^volume ([^,]+)/.exec(each)?.[1] ?? []);
      expect(named("Namespace ")).toEqual(keeps.length > 0 ? [namespace] : []);
      expect(named("PersistentVolumeClaim ").sort()).toEqual(said.sort());
      for (const kind of ["Secret ", "ConfigMap ", "Service ", "Deployment ", "StatefulSet ", "RoleBinding "])
        expect(named(kind), `${kind}in ${namespace}`).toEqual([]);
    }
    await workspace.succeeds("up", "--yes", "--skip-preview", "--policy-pack", "policies");
    expect(await volumesOf(placed)).toEqual(volumes);
  });
});

/** The volume that each claim is bound to. */
async function volumesOf(placed: Record<string, { namespace: string }>): Promise<Record<string, string>> {
  const claims = await Promise.all(
    Object.values(placed).map(({ namespace }) =>
      api.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`),
    ),
  );
  return Object.fromEntries(
    claims.flat().map(({ metadata, spec }) => [`${metadata.namespace}/${metadata.name}`, spec.volumeName]),
  );
}
