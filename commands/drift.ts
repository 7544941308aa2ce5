import { Command } from "commander";
import { inJson } from "../cluster/comparison/report";
import { answer } from "../tools/failure";
import { comparisonOf, inText, isAsDeclared } from "./drift/comparison";

new Command("drift")
  .description(
    "What of a stack is not in its cluster as it is declared. Changes nothing. Exit status: 0 all is as declared, 1 something is not, 2 it could not be compared.",
  )
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .option("--json", "as JSON")
  .action(({ stack, json }: { stack: string; json?: boolean }) =>
    answer("drift", async () => {
      const found = await comparisonOf(stack);
      console.log(json ? JSON.stringify(inJson(found), null, 2) : inText(found));
      return isAsDeclared(found) ? 0 : 1;
    }),
  )
  .parse();
