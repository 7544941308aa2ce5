import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";

const root = join(__dirname, "../..");
const directory = mkdtempSync(join(tmpdir(), "muster-packed-"));
afterAll(() => rmSync(directory, { recursive: true }));

const manifest = (path: string) => JSON.parse(readFileSync(join(root, path, "package.json"), "utf8"));

test("the pack has the versions of Muster and of what Muster uses", () => {
  const [pack, muster] = [manifest("policies"), manifest(".")];
  expect(pack.version).toBe(muster.version);
  expect(muster.dependencies).toMatchObject(pack.dependencies);
});

test("packed by npm and installed elsewhere, it serves its policies", async () => {
  const installed = join(directory, "node_modules/muster-policies");
  mkdirSync(installed, { recursive: true });
  await execa("npm", ["pack", "--silent", "--pack-destination", directory], { cwd: join(root, "policies") });
  const archive = join(directory, `muster-policies-${manifest("policies").version}.tgz`);
  await execa("tar", ["xzf", archive, "-C", installed, "--strip", "1"]);
  for (const name of Object.keys(manifest("policies").dependencies)) {
    const scope = join(directory, "node_modules", name.includes("/") ? name.split("/")[0]! : "");
    mkdirSync(scope, { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(directory, "node_modules", name));
  }
  // A pack says on which port it answers, and goes on until it is stopped.
  const started = execa(process.execPath, [join(installed, "index.js")], { cwd: directory, reject: false });
  const port = await new Promise((resolve) => started.stdout!.once("data", resolve));
  started.kill();
  expect(String(port)).toMatch(/^\d+\n$/);
  await started;
});
