import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";

const api = kubernetes();
const dispatcher = "/apis/apps/v1/namespaces/agentsmith/deployments/dispatcher";
const template = async () => (await api.get(dispatcher)).spec.template;

let workspace: Workspace;
const file = () => readFileSync(join(workspace.project, "Pulumi.prod.yaml"), "utf8");
let before: string;

beforeAll(async () => {
  workspace = await createWorkspace("prod", { only: "agentsmith" });
  await workspace.succeeds("up", "--yes", "--skip-preview");
  before = file();
});
afterAll(() => workspace.dispose());

test("set changes an image in the stack's file, and nothing else of it", async () => {
  const wrong = await workspace.command("set", "--stack", "prod", "agentsmith.dispatcher.replica=3");
  expect(wrong.exitCode).not.toBe(0);
  expect(wrong.output).toContain("replicas");
  expect(file()).toBe(before);

  const set = await workspace.command("set", "--stack", "prod", "agentsmith.image.dispatcher=smith:v2");
  expect(set.exitCode, set.output).toBe(0);
  expect(file().replace("smith:v2", "agentsmith-dispatcher:1.0.0")).toBe(before);
  await workspace.succeeds("up", "--yes", "--skip-preview");
  expect((await template()).spec.containers[0].image).toBe("smith:v2");
});

test("rollback lists the updates with what differed, and brings one back through preview and policies", async () => {
  const list = await workspace.command("rollback", "--stack", "prod");
  expect(list.stdout).toMatch(
    /^2 .* succeeded[\s\S]*muster:agentsmith\.image\.dispatcher: "agentsmith-dispatcher:1\.0\.0" → "smith:v2"[\s\S]*^1 .* succeeded/m,
  );
  const nowhere = await workspace.command("rollback", "--stack", "prod", "--to", "7");
  expect(nowhere.output).toContain("There is no update 7. The last ones: 2, 1.");

  const back = await workspace.command("rollback", "--stack", "prod", "--to", "1", "--yes");
  expect(back.exitCode, back.output).toBe(0);
  expect(back.output).toContain("Secrets stay as they are now");
  expect(back.output).toContain("Policies:");
  expect(file()).toBe(before);
  expect((await template()).spec.containers[0].image).toBe("agentsmith-dispatcher:1.0.0");
});

test("the live namespace satisfies the policies, and what is done to it by hand does not", async () => {
  const policy = () => workspace.command("policy", "--namespace", "agentsmith", "--stack", "prod");
  const sound = await policy();
  expect([sound.exitCode, sound.stdout]).toEqual([
    0,
    expect.stringMatching(/^\d+ objects: 0 violations, 0 warnings, 0 exemptions$/),
  ]);
  const services = "/api/v1/namespaces/agentsmith/services";
  const spec = { selector: { app: "nobody" }, ports: [{ port: 80 }] };
  await api.create(services, { metadata: { name: "by-hand" }, spec });
  const { exitCode, stdout } = await policy();
  await api.delete(`${services}/by-hand`);
  expect([exitCode, stdout]).toEqual([
    1,
    expect.stringContaining(
      "service/by-hand:1: service-selects: Service agentsmith/by-hand: spec.selector is set",
    ),
  ]);
});

test("restart rolls a workload as it is, which is no difference from what is declared", async () => {
  const { metadata } = await template();
  const wrong = await workspace.command("restart", "--stack", "prod", "agentsmith/dispatch");
  expect(wrong.output).toContain("the nearest is agentsmith/dispatcher");
  const restart = await workspace.command("restart", "--stack", "prod", "agentsmith/dispatcher");
  expect(restart.exitCode, restart.output).toBe(0);
  expect((await template()).metadata.annotations).toEqual({
    ...metadata.annotations,
    "kubectl.kubernetes.io/restartedAt": expect.any(String),
  });
  const drift = await workspace.command("drift", "--stack", "prod");
  expect(drift.exitCode, drift.output).toBe(0);
});
