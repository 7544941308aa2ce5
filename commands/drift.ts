import { Command } from "commander";
import { inJson } from "../cluster/comparison/report";
import { Failure, readersMayLeave } from "../tools/failure";
import { comparisonOf, inText, isAsDeclared } from "./drift/comparison";

readersMayLeave();
new Command("drift")
  .description(
    "What of a stack is not in its cluster as it is declared. Changes nothing. Exit status: 0 all is as declared, 1 something is not, 2 it could not be compared.",
  )
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .option("--json", "as JSON")
  .action(async ({ stack, json }: { stack: string; json?: boolean }) => {
    try {
      const found = await comparisonOf(stack);
      console.log(json ? JSON.stringify(inJson(found), null, 2) : inText(found));
      process.exitCode = isAsDeclared(found) ? 0 : 1;
    } catch (error) {
      console.error(error instanceof Failure ? error.message : `drift: ${(error as Error).message}`);
      process.exitCode = 2;
    }
  })
  .parse();
