import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../tools/places";

// `npm run validate`, in a checkout with a stack of each kind, without a cluster, the CLI or credentials.
const checkout = mkdtempSync(join(tmpdir(), "muster-validate-"));
const apart = new Set(["node_modules", ".git", "test"]);

beforeAll(() => {
  cpSync(root, checkout, { recursive: true, filter: (path) => path === root || !apart.has(basename(path)) });
  symlinkSync(join(root, "node_modules"), join(checkout, "node_modules"));
  writeFileSync(
    join(checkout, "Pulumi.mine.yaml"),
    "config:\n  muster:wbot: {}\n  wbot:GOOGLE_API_KEY: { secure: AAAA }\n",
  );
  writeFileSync(join(checkout, "Pulumi.typo.yaml"), "config:\n  muster:wbot: { web: { replcias: 2 } }\n");
  writeFileSync(
    join(checkout, "Pulumi.unsafe.yaml"),
    'config:\n  muster:wbot: { ingress: { host: wbot.example.com, annotations: { nginx.ingress.kubernetes.io/server-snippet: "x" } } }\n',
  );
});
afterAll(() => rmSync(checkout, { recursive: true }));

const validate = (...stacks: string[]) =>
  execa(process.execPath, ["commands/run.mjs", "validate", ...stacks], {
    cwd: checkout,
    reject: false,
    extendEnv: false,
    env: { PATH: "/nowhere", HOME: checkout, KUBECONFIG: "/nonexistent" },
  });

test("a stack is taken, encrypted values and all", async () => {
  const { exitCode, stdout } = await validate("mine");
  expect(stdout).toMatch(/^✓ mine {2}\d+ objects: 0 violations, \d+ warnings/);
  expect(exitCode).toBe(0);
});

test("what config and policies refuse is said for every stack, and fails", async () => {
  const { exitCode, stdout, stderr } = await validate("typo", "unsafe");
  expect(stdout).toMatch(
    /✗ typo\n[\s\S]*"replcias" is not a key that is known here; the nearest is replicas/,
  );
  expect(stdout).toMatch(/✗ unsafe .*1 violations/);
  expect(stdout).toContain("ingress-snippets: Ingress wbot-unsafe/");
  expect(stderr).toContain("Refused: typo, unsafe.");
  expect(exitCode).toBe(1);
});

test("a stack that is not there is named, with those that are", async () => {
  const { exitCode, stdout } = await validate("nosuch");
  expect(stdout).toContain("There is no Pulumi.nosuch.yaml. The stacks here: dev,");
  expect(exitCode).toBe(1);
});
