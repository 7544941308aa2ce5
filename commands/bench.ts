import { Command } from "commander";
import { bench } from "../bench";
import { benchPolicies } from "../bench/policies";
import { command } from "../tools/failure";

const policies = new Command("policies")
  .description("Measures the policy pack by itself, without a cluster.")
  .option("--rounds <number>", "how often each thing is measured; the median counts", "5")
  .action((options: { rounds: string }) => command(() => benchPolicies({ rounds: Number(options.rounds) })));

new Command("bench")
  .enablePositionalOptions()
  .description("Measures Muster beside kubectl and Helm, on a cluster of its own that it removes again.")
  .option("--rounds <number>", "how often each thing is measured; the median counts", "5")
  .option("--copies <list>", "numbers of copies of the system in one stack", "1,10,40")
  .option("--quick", "one round, no copies: whether everything works, not how fast")
  .option("--write", "writes docs/benchmark-results.md and docs/images/benchmark.svg")
  .action((options: { rounds: string; copies: string; quick?: boolean; write?: boolean }) =>
    command(() =>
      bench({
        rounds: options.quick ? 1 : Number(options.rounds),
        copies: options.quick ? [] : options.copies.split(",").filter(Boolean).map(Number),
        write: options.write ?? false,
      }),
    ),
  )
  .addCommand(policies)
  .parse();
