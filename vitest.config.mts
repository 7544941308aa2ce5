import { defineConfig } from "vitest/config";

const onCluster = {
  globalSetup: "test/harness/cluster.ts",
  testTimeout: 300_000,
  hookTimeout: 300_000,
  // The tests of a file build on each other, and all of them on one cluster.
  maxWorkers: 1,
};

export default defineConfig({
  test: {
    projects: [
      group("unit", { testTimeout: 60_000 }),
      group("policy", { testTimeout: 60_000 }),
      group("cluster", { ...onCluster, sequence: { groupOrder: 1 } }),
      group("faults", { ...onCluster, sequence: { groupOrder: 2 } }),
    ],
  },
});

function group(name: string, options: object) {
  return { test: { name, include: [`test/${name}/**/*.test.ts`], ...options } };
}
