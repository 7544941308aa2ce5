import { type ChildProcess, spawn } from "node:child_process";
import {
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
import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Cluster } from "../../tools/cluster";

let directory: string;
let cluster: Cluster;
const started: ChildProcess[] = [];
const log = () => join(directory, "log");

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "muster-stop-"));
  cluster = new Cluster(directory);
  for (const folder of ["bin", "pids"]) mkdirSync(join(cluster.home, folder), { recursive: true });
});
afterEach(() => {
  for (const process of started.splice(0)) process.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

/** A process as kwokctl starts one of the cluster's, which notes when it is told to end and needs a moment for it. */
async function runs(name: string): Promise<void> {
  const path = join(cluster.home, "bin", name);
  symlinkSync(process.execPath, path);
  const note = (what: string) =>
    `require("node:fs").appendFileSync(${JSON.stringify(log())}, "${what} ${name}\\n");`;
  const script = `process.on("SIGTERM", () => { ${note("ends")} setTimeout(() => process.exit(), 30); });
    setInterval(() => {}, 1000); ${note("runs")}`;
  const child = spawn(path, ["--eval", script], { stdio: "ignore" });
  started.push(child);
  writeFileSync(join(cluster.home, "pids", `${name}.pid`), String(child.pid));
  while (!(existsSync(log()) && readFileSync(log(), "utf8").includes(`runs ${name}\n`))) await setTimeout(10);
}

const ended = () => readFileSync(log(), "utf8").match(/(?<=^ends ).*/gm) ?? [];

test("a running cluster stops without any program of the toolchain, each part before what it talks to", async () => {
  for (const name of [
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kwok-controller",
    "external-secrets",
  ])
    await runs(name);
  await cluster.stop();
  expect(ended().slice(3)).toEqual(["kube-apiserver", "etcd"]);
  expect(cluster.pids).toEqual({});
});

test("one whose processes are gone is stopped already, and a foreign process that has an id of theirs goes on", async () => {
  const foreign = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  started.push(foreign);
  writeFileSync(join(cluster.home, "pids/etcd.pid"), String(foreign.pid));
  await cluster.stop();
  expect(foreign.exitCode ?? foreign.signalCode).toBeNull();
});

test("it is removed without any program of the toolchain", async () => {
  await runs("etcd");
  await cluster.delete();
  expect(existsSync(directory)).toBe(false);
  expect(started[0]!.signalCode ?? started[0]!.exitCode).not.toBeUndefined();
});
