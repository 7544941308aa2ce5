import { Command } from "commander";
import { command } from "../tools/failure";
import { notes } from "./notes/text";

// What to do next with the systems of a stack, for any cluster.

new Command("notes")
  .description(
    "What to do next with what runs in a stack: status, logs, ways in, database, secrets, runbook.",
  )
  .argument("[system]", "one system alone")
  .option("-s, --stack <stack>", "the stack", "dev")
  .action((system: string | undefined, { stack }: { stack: string }) =>
    command(async () => console.log(notes(stack, system))),
  )
  .parse();
