import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "../../tools/folder";
import { root } from "../../tools/places";

const directory = mkdtempSync(join(tmpdir(), "muster-disk-"));
afterAll(() => rmSync(directory, { recursive: true }));
writeFileSync(join(directory, "file"), "");
mkdirSync(join(directory, "locked"));
chmodSync(join(directory, "locked"), 0o555);

// Root may write wherever the file system can.
const places = [join(directory, "file"), ...(process.getuid?.() === 0 ? [] : [join(directory, "locked")])];
if (process.platform === "linux") places.push("/proc/muster");

test.each(places)("a cache at %s is refused in a paragraph that says what to set, at once", async (place) => {
  const { stderr, exitCode } = await execa(
    process.execPath,
    ["--require", "tsx/cjs", "commands/toolchain.ts", "pulumi"],
    { cwd: root, env: { XDG_CACHE_HOME: place }, reject: false, timeout: 120_000 },
  );
  expect(exitCode).toBe(1);
  expect(stderr.trim()).toMatch(
    /^\/\S+: [a-z ]+ \(\w+\)\. See that .*, or set XDG_CACHE_HOME to a folder .*, then run the same command again\.$/,
  );
});

test("folders are made with those around them, also by two at once", () => {
  makeFolder(join(directory, "a/b/c"));
  makeFolder(join(directory, "a/b/c"));
  expect(() => makeFolder(join(directory, "file/x"))).toThrow(/ENOTDIR/);
});
