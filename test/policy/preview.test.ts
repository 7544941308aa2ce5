import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pulumiEnvironment, variablesOf } from "../../tools/environment";
import { toolchain } from "../../tools/toolchain";

// The real CLI, language host and provider with the pack; the provider renders files, so that no cluster is needed.
const root = join(__dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "muster-policy-"));
const program = join(directory, "program");
const exemptions = join(directory, "exemptions.json");
const pack = ["--policy-pack", join(root, "policies")];

let environment: Record<string, string | undefined>;

beforeAll(async () => {
  const programs = await toolchain(["pulumi", "provider-kubernetes"]);
  // A provider that renders files refuses to be told of a cluster.
  environment = variablesOf(pulumiEnvironment({ directory, kubeconfig: "", programs }));
  cpSync(join(__dirname, "program"), program, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(program, "node_modules"));
  expect((await pulumi("stack", "init", "fresh")).exitCode).toBe(0);
});
afterAll(() => rmSync(directory, { recursive: true }));

test("the first preview of a fresh stack fails, and names every violation of every object", async () => {
  const { exitCode, all } = await pulumi("preview", ...pack);
  expect(exitCode, all).not.toBe(0);
  for (const line of [
    "[mandatory] [severity: high]  run-as-user  (kubernetes:apps/v1:Deployment: web)",
    "Deployment shop/web:",
    "spec.template.spec.containers[0](web).securityContext.runAsUser is 0",
    "spec.template.spec.initContainers[0](migrate).resources.limits.memory is not set",
    "Set resources.limits: {cpu, memory} on the container, as in {cpu: 500m, memory: 512Mi}.",
    "[mandatory] [severity: high]  resource-limits  (kubernetes:batch/v1:CronJob: report)",
    'spec.jobTemplate.spec.template.spec.containers[0](report).resources.limits.memory is "0"',
    "env[0](PASSWORD).value is set: PASSWORD names a secret",
    "automountServiceAccountToken is not set",
    // Of all objects together, at the object.
    "[mandatory] [severity: high]  isolation  (kubernetes:apps/v1:Deployment: web)",
    "[mandatory] [severity: high]  unseen-objects  (kubernetes:argoproj.io/v1alpha1:Application: elsewhere)",
    "Argo CD applies what a repository holds",
    // Its value is an output of a resource that does not exist yet.
    "[advisory]  unknown-before-up  (kubernetes:batch/v1:CronJob: report)",
    "containers[0](report).securityContext.runAsNonRoot is not known yet; run-as-non-root will check it.",
  ])
    expect(all).toContain(line);
  expect(all).not.toMatch(/hunter2|^ +at .*:\d+:\d+/m);
});

test("exemptions and what is set for the program let a preview pass, and are shown", async () => {
  const exempt = [
    ["run-as-user", "Deployment shop/web"],
    ["literal-secrets", "Deployment shop/web"],
    ["unseen-objects", "Application shop/elsewhere"],
    ...["resource-limits", "resource-requests", "isolation"].map((rule) => [rule, "* shop/*"]),
  ].map(([rule, object]) => ({
    rule,
    object,
    reason: "for this test",
    owner: "nobody",
    until: "2999-12-31",
  }));
  const config = { exemptions: { exempt }, "token-choice": "remediate" };
  writeFileSync(exemptions, JSON.stringify(config));
  const { exitCode, all } = await pulumi("preview", ...pack, "--policy-pack-config", exemptions);
  expect(exitCode, all).toBe(0);
  expect(all).toContain(
    "Deployment shop/web is exempt from run-as-user until 2999-12-31 (nobody): for this test",
  );
  expect(all).toContain("[remediate]  token-choice  (1 resource)");
});

test("up checks what the preview could not know, before it is applied", async () => {
  const skipped = ["--yes", "--skip-preview"];
  const { exitCode, all } = await pulumi("up", ...skipped, ...pack, "--policy-pack-config", exemptions);
  expect(exitCode, all).not.toBe(0);
  expect(all).toContain(
    "[mandatory] [severity: high]  run-as-non-root  (kubernetes:batch/v1:CronJob: report)",
  );
  expect(all).toContain("containers[0](report).securityContext.runAsNonRoot is false");
  const applied = readdirSync(join(program, "rendered/1-manifest")).join();
  expect(applied).toMatch(/configmap-shop-config/);
  expect(applied).not.toMatch(/report/);
});

test("config that the pack does not know is refused", async () => {
  const wrong = { exemptions: { exempt: [{ rule: "run-as-usr", object: "Deployment shop/web" }] } };
  writeFileSync(join(directory, "wrong.json"), JSON.stringify(wrong));
  const { exitCode, all } = await pulumi(
    "preview",
    ...pack,
    "--policy-pack-config",
    join(directory, "wrong.json"),
  );
  expect(exitCode).not.toBe(0);
  expect(all).toMatch(/exemptions: exempt\.0/);
});

function pulumi(...args: string[]) {
  return execa("pulumi", [...args, "--color", "never", "--non-interactive"], {
    cwd: program,
    all: true,
    reject: false,
    env: environment,
  });
}
