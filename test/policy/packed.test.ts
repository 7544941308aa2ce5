import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { pulumiEnvironment, variablesOf } from "../../tools/environment";
import { toolchain } from "../../tools/toolchain";

const root = join(__dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "muster-packed-"));
afterAll(() => rmSync(directory, { recursive: true }));

const manifest = (path: string) => JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));

test("the pack has the versions of Muster and of what Muster uses", () => {
  const [pack, muster] = [manifest("policies"), manifest(".")];
  expect(pack.version).toBe(muster.version);
  expect(muster.dependencies).toMatchObject(pack.dependencies);
});

// Somebody else's, in plain JavaScript.
const program = `
const k8s = require("@pulumi/kubernetes");
const provider = new k8s.Provider("files", { renderYamlToDirectory: "rendered" });
const metadata = { name: "web", namespace: "shop" };
const spec = { type: "NodePort", ports: [{ port: 80 }] };
new k8s.core.v1.Service("web", { metadata, spec }, { provider });
`;

test("packed by npm and installed elsewhere, it judges the program of another author", async () => {
  const installed = join(directory, "node_modules/muster-policies");
  mkdirSync(installed, { recursive: true });
  await execa("npm", ["pack", "--silent", "--pack-destination", directory], { cwd: join(root, "policies") });
  const archive = join(directory, `muster-policies-${manifest("policies").version}.tgz`);
  await execa("tar", ["xzf", archive, "-C", installed, "--strip", "1"]);
  for (const name of [...Object.keys(manifest("policies").dependencies), "@pulumi/kubernetes"]) {
    const scope = join(directory, "node_modules", name.includes("/") ? name.split("/")[0]! : "");
    mkdirSync(scope, { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(directory, "node_modules", name));
  }
  writeFileSync(join(directory, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  writeFileSync(join(directory, "package.json"), '{ "main": "index.js" }');
  writeFileSync(join(directory, "index.js"), program);
  const programs = await toolchain(["pulumi", "provider-kubernetes"]);
  const env = variablesOf(pulumiEnvironment({ directory, kubeconfig: "", programs }));
  const pulumi = (...args: string[]) =>
    execa("pulumi", [...args, "--non-interactive"], { cwd: directory, env, all: true, reject: false });
  await pulumi("stack", "init", "dev");
  const { exitCode, all } = await pulumi("preview", "--policy-pack", "node_modules/muster-policies");
  expect(all).toMatch(/service-exposure [\s\S]*Service shop\/web:\s+spec\.type is "NodePort"/);
  expect(exitCode).not.toBe(0);
});
