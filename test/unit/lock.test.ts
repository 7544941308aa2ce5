import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../tools/places";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "muster-lock-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** A process that takes the lock so many times, and notes when it has it and when no more. Killed at `diesAt`. */
function contender(name: string, { turns, diesAt = 0 }: { turns: number; diesAt?: number }): ChildProcess {
  const script = `
    const { appendFileSync } = require("node:fs");
    const { setTimeout } = require("node:timers/promises");
    const { withLock } = require("./tools/lock");
    const note = (what) => appendFileSync(${JSON.stringify(join(directory, "log"))}, what + " ${name}\\n");
    (async () => {
      for (let turn = 1; turn <= ${turns}; turn++) {
        await withLock(${JSON.stringify(join(directory, "of", "lock"))}, "is another contender", async () => {
          note("has");
          await setTimeout(1);
          if (turn === ${diesAt}) process.kill(process.pid, "SIGKILL");
          note("had");
        });
      }
    })();`;
  return spawn(process.execPath, ["--require", "tsx/cjs", "--eval", script], { cwd: root, stdio: "ignore" });
}

const ended = (process: ChildProcess) => new Promise((resolve) => process.once("exit", resolve));
const log = () => readFileSync(join(directory, "log"), "utf8").trim().split("\n");

test("never two hold it, also when its owners are killed", async () => {
  const turns = 20;
  const all = ["a", "b", "c"].map((name) => contender(name, { turns }));
  const killed = ["x", "y", "z"].map((name, index) => contender(name, { turns, diesAt: index + 1 }));
  await Promise.all([...all, ...killed].map(ended));

  const lines = log();
  for (const [index, line] of lines.entries()) {
    const [what, name] = line.split(" ");
    const next = lines[index + 1];
    if (what === "had" || next === `had ${name}`) continue;
    // Whoever came next did so after this one's death.
    expect(["x", "y", "z"]).toContain(name);
    expect(lines.slice(index + 1)).not.toContain(`had ${name}`);
  }
  for (const name of ["a", "b", "c"])
    expect(lines.filter((line) => line === `had ${name}`)).toHaveLength(turns);
});

test("who waits goes on when the owner is killed", async () => {
  const owner = contender("owner", { turns: 1_000_000 });
  while (!existsSync(join(directory, "log"))) await setTimeout(10);
  const next = contender("next", { turns: 1 });
  owner.kill("SIGKILL");
  await ended(next);
  expect(log()).toContain("had next");
});
