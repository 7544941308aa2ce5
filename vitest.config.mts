import { defineConfig } from "vitest/config";

const onCluster = {
  globalSetup: "test/harness/cluster.ts",
  // Nothing is proved by them: they end what hangs, on a machine that may be busy.
  testTimeout: 900_000,
  hookTimeout: 900_000,
  // The tests of a file build on each other, and all of them on one cluster.
  maxWorkers: 1,
};

export default defineConfig({
  test: {
    projects: [
      group("unit", { testTimeout: 60_000, hookTimeout: 60_000 }),
      group("policy", { testTimeout: 60_000, hookTimeout: 60_000 }),
      group("cluster", { ...onCluster, sequence: { groupOrder: 1 } }),
      group("faults", { ...onCluster, sequence: { groupOrder: 2 } }),
    ],
  },
});

function group(name: string, options: object) {
  return { test: { name, include: [`test/${name}/**/*.test.ts`], ...options } };
}
