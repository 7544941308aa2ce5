import { Command } from "commander";
import { command, Failure } from "../tools/failure";
import { backUp } from "./backup/back-up";
import { backedUpServers } from "./backup/backed-up";

interface Options {
  readonly stack: string;
  readonly system?: string;
}

/** Backs up one server after the other, as at the set times. */
async function backUpAll({ stack, system }: Options): Promise<void> {
  const { api, all } = await backedUpServers(stack, system);
  const failed: string[] = [];
  for (const each of all) {
    const path = `${each.system}/${each.server.name}`;
    console.log(`${path}: a backup is being made …`);
    try {
      console.log(`  ${await backUp(api, each, (line) => console.log(`  waits: ${line}`))}`);
    } catch (error) {
      failed.push(
        `${path} was not backed up, and its last backups are as they were:\n${(error as Error).message}`,
      );
    }
  }
  if (failed.length > 0) throw new Failure(failed.join("\n\n"));
}

new Command("backup")
  .description("Backs up the servers of a stack's systems now, as their schedules do, and says what it made.")
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .option("--system <system>", "of this system alone")
  .action((options: Options) => command(() => backUpAll(options)))
  .parse();
