import { setTimeout } from "node:timers/promises";
import { Command } from "commander";
import type { State } from "../cluster/status/state";
import { answer } from "../tools/failure";
import { selectedStack } from "../tools/stack-history";
import { type StackStatus, statusOf } from "./status/stack-status";
import { statusInText } from "./status/text";

interface Options {
  readonly stack?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const exitStatus: Readonly<Record<State, number>> = { well: 0, "not well": 1, working: 3 };

/** Prints how a stack stands. */
export async function status(stack: string): Promise<void> {
  const look = await statusOf(stack);
  console.log(`${statusInText(await look())}\n`);
}

async function run({ stack, watch, json }: Options): Promise<State> {
  const look = await statusOf(stack ?? (await selectedStack()));
  const show = (found: StackStatus) => (json ? JSON.stringify(found, null, 2) : statusInText(found));
  if (!watch) {
    const found = await look();
    console.log(show(found));
    return found.state;
  }
  for (;;) {
    const screen = await look().then(show, (error: Error) => `status: ${error.message}`);
    console.log(process.stdout.isTTY ? `${clear}${screen}` : `${screen}\n`);
    await setTimeout(2000);
  }
}

const clear = "\x1b[2J\x1b[H";

if (require.main === module) {
  new Command("status")
    .description(
      "How a stack stands: what runs, what does not and why, what is not as declared. Exit status: 0 all is well, 3 it is on its way, 1 something is not well, 2 it could not be looked at.",
    )
    .option("-s, --stack <stack>", "the stack; the selected one when left out")
    .option("-w, --watch", "looks again every two seconds, until it is interrupted")
    .option("--json", "as JSON")
    .action((options: Options) => answer("status", async () => exitStatus[await run(options)]))
    .parse();
}
