import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../tools/places";

let directory: string;
const home = () => join(directory, "pulumi-home");
const started: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "muster-mend-"));
  // A CLI that notes what it is told.
  writeFileSync(join(directory, "cli"), `#!/bin/sh\necho "$@" >&2\nexit 0\n`, { mode: 0o755 });
});
afterEach(() => {
  for (const process of started.splice(0)) process.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

/** Starts a process under a name, as one of a Pulumi home. */
function running(name: string, PULUMI_HOME: string): number {
  const process = spawn("sleep", ["600"], { argv0: name, env: { PULUMI_HOME }, stdio: "ignore" });
  started.push(process);
  return process.pid!;
}

/** What becomes of a stack whose lock is such. */
async function mended(lock: { pid: number; hostname: string; timestamp?: Date }) {
  const script = `
    const { writeFileSync, mkdirSync } = require("node:fs");
    const { dirname, join } = require("node:path");
    const { state } = require("./tools/places");
    const { stateOf } = require("./tools/environment");
    const { mendStack } = require("./tools/mend-stack");
    const write = (file, content) => {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify(content));
    };
    write(stateOf("dev"), { checkpoint: { latest: {} } });
    write(join(state, "backend/.pulumi/locks/organization/muster/dev/1.json"), JSON.parse(process.argv[1]));
    const variables = { PULUMI_HOME: ${JSON.stringify(home())}, MUSTER_PULUMI_CLI: ${JSON.stringify(join(directory, "cli"))} };
    mendStack("dev", { path: [], variables }).then(() => console.log("mended"), (error) => console.log(error.message));`;
  mkdirSync(home(), { recursive: true });
  const given = JSON.stringify({ username: "jo", timestamp: new Date(), ...lock });
  const args = ["--require", "tsx/cjs", "--eval", script, given];
  const { stdout, stderr } = await execa(process.execPath, args, {
    cwd: root,
    env: { XDG_STATE_HOME: directory },
    timeout: 60_000,
  });
  return `${stdout}\n${stderr}`;
}

test("the lock of an update that runs stands, whatever the machine was called then", async () => {
  const pid = running("pulumi", home());
  for (const name of [hostname(), "laptop.hotel.example"])
    expect(await mended({ pid, hostname: name })).toMatch(
      new RegExp(`Stack dev is being changed by process ${pid} of jo@${name}`),
    );
});

test("a lock from a machine of another name, whose process is none here, is cleared", async () => {
  const pid = running("sleep", home());
  started.pop()!.kill("SIGKILL");
  expect(await mended({ pid, hostname: "laptop.hotel.example" })).toMatch(
    /^mended\n[\s\S]*Its lock is cleared/,
  );
});

test("a lock whose process id another program has by now is cleared, and nobody is told to kill that", async () => {
  const said = await mended({ pid: running("sleep", home()), hostname: hostname() });
  expect(said).toMatch(/^mended\n[\s\S]*Its lock is cleared/);
  expect(said).not.toMatch(/kill -9|`kill/);
});

test.runIf(process.platform === "linux")("so is one whose id another checkout's pulumi has", async () => {
  const pid = running("pulumi", join(directory, "another"));
  expect(await mended({ pid, hostname: hostname() })).toMatch(/^mended\n/);
});

test("and one from before the machine was started, whoever has its id", async () => {
  const pid = running("pulumi", home());
  expect(await mended({ pid, hostname: hostname(), timestamp: new Date(0) })).toMatch(/^mended\n/);
});
