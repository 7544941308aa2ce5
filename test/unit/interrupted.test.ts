import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../tools/places";
import { end, isAlive } from "../../tools/processes";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "muster-interrupted-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a run of the tests that is interrupted leaves no worker behind", async () => {
  // It tells only once it is quiet: a worker that has something to say finds out that nobody listens, and ends.
  const hangs = `import { writeSync } from "node:fs";
  test("hangs", () => new Promise(() => {
    setTimeout(() => writeSync(2, "worker " + process.pid), 1000);
    setInterval(() => {}, 1000);
  }));`;
  writeFileSync(join(directory, "hangs.test.mjs"), hangs);
  const setupFiles = [join(root, "test/harness/ends-with-vitest.mts")];
  const config = { test: { globals: true, testTimeout: 900_000, setupFiles } };
  writeFileSync(join(directory, "vitest.config.mjs"), `export default ${JSON.stringify(config)}`);
  const vitest = execa(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run"], {
    cwd: directory,
    reject: false,
    all: true,
    // That of this run names its own worker.
    env: { VITEST: undefined, VITEST_WORKER_ID: undefined, VITEST_POOL_ID: undefined },
  });
  let output = "";
  vitest.all!.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  await expect.poll(() => output).toMatch(/worker \d+/);
  const worker = Number(/worker (\d+)/.exec(output)![1]);
  try {
    expect(isAlive(worker)).toBe(true);
    vitest.kill("SIGINT");
    await expect.poll(() => isAlive(worker)).toBe(false);
  } finally {
    await end([worker], "SIGKILL");
    await vitest;
  }
});
