import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { DeclaredSecret } from "../../config/secrets";
import { systems } from "../../systems";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { everyObject, everythingSaid, expectNowhere } from "./markers";
import { secretValues } from "./secrets";

// The tests build on each other, in this order.
describe("all five systems, each of their secrets known", () => {
  const api = kubernetes();
  const given: Record<string, string> = {};
  let workspace: Workspace;
  let known: string[];

  beforeAll(async () => {
    // With the copies of the state that the CLI keeps unless it is told not to.
    const variables = { PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "false" };
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
  });
  afterAll(() => workspace.dispose());

  test("none of them, and no password that is made, is in the state or in anything that is said", async () => {
    await workspace.succeeds("up", "--yes", "--skip-preview", "--policy-pack", "policies");
    const placed = JSON.parse(await workspace.succeeds("stack", "output", "systems", "--json"));
    const inSecrets: string[] = [];
    for (const { namespace } of Object.values<{ namespace: string }>(placed))
      for (const { metadata } of await api.list(`/api/v1/namespaces/${namespace}/secrets`))
        inSecrets.push(...Object.values(await secretValues(api, namespace, metadata.name)));
    expect(inSecrets).toEqual(expect.arrayContaining(Object.values(given)));
    known = [...new Set([...Object.values(given), ...inSecrets])];
    expect(known.length).toBeGreaterThan(Object.keys(given).length + 4);
    expectNowhere(known, await everythingSaid(workspace, api));
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
