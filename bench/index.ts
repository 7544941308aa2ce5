import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster } from "../tools/cluster";
import { pulumiEnvironment, variablesOf } from "../tools/environment";
import { Failure } from "../tools/failure";
import { startCluster } from "../tools/make-cluster";
import { root } from "../tools/places";
import { say } from "../tools/progress";
import { toolchain } from "../tools/toolchain";
import { Costs } from "./costs";
import { createEmptyProgram, createProject, withoutComparison } from "./project";
import { chart, table } from "./report";
import { measureCopies, measureEmpty, measureFive, measureOne } from "./rounds";

export interface BenchArgs {
  /** How often each thing is measured. */
  readonly rounds: number;
  /** Numbers of copies of the system in one stack; none: growth is not measured. */
  readonly copies: readonly number[];
  /** Whether the results go into docs/. */
  readonly write: boolean;
}

/** Measures everything in turn, round by round, and prints the table: also of what was measured before a failure. */
export async function bench({ rounds, copies, write }: BenchArgs): Promise<void> {
  checkAmounts(rounds, copies);
  const programs = await toolchain([
    "pulumi",
    "cluster",
    "kwok",
    "provider-kubernetes",
    "provider-random",
    "helm",
  ]);
  const directory = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const home = join(directory, "bench-cluster");
  let cleaning: Promise<void> | undefined;
  const cleanUp = () => {
    cleaning ??= new Cluster(home, programs)
      .delete()
      .finally(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
    return cleaning;
  };
  // Not once: Ctrl-C comes twice, from the terminal and from npm, and the second would end the cleaning.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => cleanUp().finally(() => process.exit(130)));
  const costs = new Costs();
  try {
    const { kubeconfig } = await startCluster({ directory: home, nodes: 20, programs });
    const env = {
      ...variablesOf(pulumiEnvironment({ directory, kubeconfig, programs })),
      HOME: directory,
      PULUMI_OPTION_NON_INTERACTIVE: "true",
    };
    const one = await createProject(join(directory, "one"), "one", env);
    const empty = await createEmptyProgram(join(directory, "empty"), env);
    const five = await createProject(join(directory, "five"), "five", env);
    const uncompared = await withoutComparison(five, join(directory, "uncompared"));
    const begin = Date.now();
    for (let round = 1; round <= rounds; round++) {
      say(`Round ${round} of ${rounds}${timeLeft(begin, round - 1, rounds)}`);
      await measureEmpty(costs, empty);
      await measureOne(costs, one, directory);
      await measureFive(costs, five, uncompared, directory);
    }
    if (copies.length > 0) {
      say(`Copies: ${copies.join(", ")}; forty take about ten minutes`);
      const many = await createProject(join(directory, "copies"), "copies", env);
      for (const count of copies) await measureCopies(costs, many, count, Math.min(rounds, 3));
    }
    if (write) writeResults(costs, rounds);
  } finally {
    console.log(table(costs.medians(), rounds));
    await cleanUp();
  }
}

function checkAmounts(rounds: number, copies: readonly number[]): void {
  const amount = (value: number) => Number.isInteger(value) && value > 0;
  if (!amount(rounds)) throw new Failure("--rounds takes a whole number from 1 on, such as 5.");
  if (!copies.every(amount)) throw new Failure("--copies takes whole numbers from 1 on, such as 1,10,40.");
}

function timeLeft(begin: number, done: number, rounds: number): string {
  if (done === 0) return "";
  const seconds = ((Date.now() - begin) / 1000 / done) * (rounds - done);
  return `; the rounds take about ${Math.ceil(seconds / 60)} min more`;
}

/** What they mean is written by hand, in docs/benchmark.md. */
function writeResults(costs: Costs, rounds: number): void {
  const medians = costs.medians();
  writeFileSync(
    join(root, "docs/benchmark-results.md"),
    `# Results of the benchmark\n\nWritten by \`npm run bench -- --write\`; [what they mean](benchmark.md).\n\n![Seconds per command](images/benchmark.svg)\n\n${table(medians, rounds)}\n`,
  );
  writeFileSync(join(root, "docs/images/benchmark.svg"), chart(medians));
}
