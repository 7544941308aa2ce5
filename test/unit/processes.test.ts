import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { isAlive, processes } from "../../tools/processes";

test.runIf(process.platform === "linux")("a thread is no process, though the system knows its id", () => {
  const ids = readdirSync("/proc/self/task").map(Number);
  expect(ids.length).toBeGreaterThan(1);
  expect(ids.filter(isAlive)).toEqual([process.pid]);
});

test("a process runs, and is found by its command line", () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(processes((command) => command.includes("node"))).toContain(process.pid);
});
