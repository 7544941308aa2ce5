import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const onCluster = {
  globalSetup: "test/harness/cluster.ts",
  // The tests of a file build on each other, and all of them on one cluster.
  maxWorkers: 1,
};

// By itself vitest leaves one core free: of two, half of all.
const onEveryCore = { maxWorkers: availableParallelism() };

export default defineConfig({
  test: {
    projects: [
      group("unit", onEveryCore),
      group("policy", onEveryCore),
      group("cluster", { ...onCluster, sequence: { groupOrder: 1 } }),
      group("faults", { ...onCluster, sequence: { groupOrder: 2 } }),
    ],
  },
});

function group(name: string, options: object = {}) {
  // They prove nothing, and end what hangs: a busy machine takes many times as long as an idle one.
  const timeouts = {
    testTimeout: 900_000,
    hookTimeout: 900_000,
    expect: { poll: { timeout: 300_000, interval: 100 } },
  };
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      setupFiles: ["test/harness/cpu.ts"],
      ...timeouts,
      ...options,
    },
  };
}
