import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../tools/places";

// What a stack file looks like is its owner's affair: the CLI would write this one anew.
const own = "config:   # by hand\n  'muster:thebot': {}\n";
const salt = "encryptionsalt: v1:abc=:v1:def=:ghi==\n";

let project: string;
const file = (name: string) => join(project, name);
const stackFile = () => readFileSync(file("Pulumi.prod.yaml"), "utf8");

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), "muster-launcher-"));
  mkdirSync(file("tools"));
  cpSync(join(root, "tools/launcher"), file("tools/launcher"), { recursive: true });
  symlinkSync(join(root, "node_modules"), file("node_modules"));
  writeFileSync(file("Pulumi.prod.yaml"), own);
});
afterEach(() => rmSync(project, { recursive: true }));

/** Runs the launcher before a CLI that does this. */
function pulumi(script: string, ...args: string[]) {
  writeFileSync(file("cli"), `#!/bin/sh\ncd '${project}'\n${script}\n`, { mode: 0o755 });
  const env = { MUSTER_PULUMI_CLI: file("cli") };
  return execa(file("tools/launcher/pulumi"), args, { env, reject: false });
}

const write = (text: string, name = "Pulumi.prod.yaml") => `printf '%s' "${text}" > ${name}`;
const rewritten = "config:\n  muster:thebot: {}\n";

test("the CLI gets its words as they are, whatever they mean, and says how it ended", async () => {
  const words = ["--color", "never", "preview", "-ys", "prod", "-C", "/x y", "--", "-sdev"];
  const { stdout, exitCode } = await pulumi('printf "%s\\n" "$@"\nexit 7', ...words);
  expect(stdout.split("\n")).toEqual(words);
  expect(exitCode).toBe(7);
});

test("its salt is out of the stack file while it still runs, to the last byte", async () => {
  const { stdout } = await pulumi(
    `${write(rewritten + salt)}\nfor i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.3; grep -q salt Pulumi.prod.yaml || break; done\ncat Pulumi.prod.yaml`,
  );
  expect(`${stdout}\n`).toBe(own);
  expect(stackFile()).toBe(own);
});

test.each([
  ["a changed setting stays, without the salt", "config:\n  muster:thebot: off\n", false],
  ["a secret stays, with the salt that it needs", "config:\n  thebot:x:\n    secure: v1:abc\n", true],
])("%s", async (_, changed, salted) => {
  await pulumi(write(changed + salt));
  expect(stackFile()).toBe(salted ? changed + salt : changed);
});

test("a new stack leaves no file behind that holds nothing else, and takes none away that it finds", async () => {
  await pulumi(write(salt, "Pulumi.new.yaml"));
  expect(existsSync(file("Pulumi.new.yaml"))).toBe(false);
  await pulumi(write(own + salt));
  expect(stackFile()).toBe(own);
});

test("a file with a salt of its own is its owner's", async () => {
  writeFileSync(file("Pulumi.prod.yaml"), own + salt);
  await pulumi(write(rewritten + salt));
  expect(stackFile()).toBe(rewritten + salt);
});
