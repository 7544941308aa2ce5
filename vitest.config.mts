import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/harness/longest-first.mjs";

const cores = availableParallelism();

const forEachFile = ["ends-with-vitest.mts", "cpu.ts", "lean.mts"].map((file) => `test/harness/${file}`);

// By itself vitest leaves one core free: of two, half of all.
const onEveryCore = { maxWorkers: cores };

// Each worker has a cluster of its own, of three quarters of a gigabyte, and goes on with it from file to file; the
// tests of a file build on each other. They wait for a third of their time: one more than there are cores.
const onClusters = {
  globalSetup: "test/harness/cluster.ts",
  setupFiles: [...forEachFile, "test/harness/running-cluster.mts"],
  maxWorkers: Math.min(cores + 1, 6),
  sequence: { groupOrder: 1 },
};

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      group("unit", onEveryCore),
      group("policy", onEveryCore),
      group("cluster", onClusters),
      group("faults", onClusters),
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
      setupFiles: forEachFile,
      ...timeouts,
      ...options,
    },
  };
}
