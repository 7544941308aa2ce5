import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { roomFor } from "../../tools/build";
import { parts } from "../../tools/parts";
import { root } from "../../tools/places";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "muster-build-"));
  mkdirSync(join(directory, "bin"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A command's run with these programs on PATH, each a shell script. */
function run(command: string[], programs: Record<string, string>, path: string[] = []) {
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(directory, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const env = {
    PATH: [...path, join(directory, "bin")].join(":"),
    XDG_CACHE_HOME: directory,
    XDG_STATE_HOME: directory,
  };
  return execa(process.execPath, command, { cwd: root, env, reject: false, timeout: 120_000 });
}

// No maker publishes it: it is built or nothing.
const toolchain = ["--require", "tsx/cjs", "commands/toolchain.ts", "actionlint"];

test("a go that is there and does not run is reported in its own words", async () => {
  const { stderr, exitCode } = await run(toolchain, {
    go: "echo 'go: cannot find GOROOT directory: /opt/go' >&2; exit 2",
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain("`go` on PATH does not run:\n  go: cannot find GOROOT directory: /opt/go\n");
  expect(stderr).not.toMatch(/there is no `go`|^ +at /m);
});

test("where there is no go, that is said", async () => {
  const { stderr, exitCode } = await run(toolchain, {});
  expect(exitCode).toBe(1);
  expect(stderr).toContain("there is no `go` on PATH");
});

test("the launcher of another checkout, whose shell this is, is not taken for the installed CLI", async () => {
  const version = "echo v3.250.0";
  const cli = (folder: string, script: string) => {
    mkdirSync(join(directory, folder));
    for (const name of parts.pulumi.programs)
      writeFileSync(join(directory, folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return join(directory, folder);
  };
  const command = ["--require", "tsx/cjs", "commands/toolchain.ts", "pulumi"];
  const go = { go: "echo no go here >&2; exit 2" };
  const launcher = cli("launcher", `${version} # MUSTER_PULUMI_CLI`);
  const { stderr, exitCode } = await run(command, go, [launcher]);
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining("no go here")]);
  const installed = cli("installed", version);
  expect((await run(command, go, [launcher, installed])).stdout).toBe(installed);
});

test("room is asked for by what is left to build", () => {
  const { pulumi, actionlint } = parts;
  expect(roomFor(Object.values(parts))).toBe(8e9);
  expect(roomFor([actionlint])).toBeLessThan(1e9);
  expect(roomFor([pulumi, actionlint])).toBeGreaterThan(roomFor([pulumi]));
});

test("where npm is missing, and needed, that is said, and no message above that is none", async () => {
  const checkout = join(directory, "checkout");
  mkdirSync(join(checkout, "commands"), { recursive: true });
  for (const file of ["package.json", "package-lock.json", "commands/run.mjs"])
    symlinkSync(join(root, file), join(checkout, file));
  const command = ["--preserve-symlinks-main", join(checkout, "commands/run.mjs"), "size"];
  const { stderr, exitCode } = await run(command, {});
  expect(exitCode).toBe(1);
  expect(stderr).toContain("there is no npm that runs on PATH");
  expect(stderr).not.toContain("message is above");
});
