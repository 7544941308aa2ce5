import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { changeInWords, changesBetween } from "../config/changes";
import { editedStackFile } from "../config/edit-stack-file";
import { declaredSystems } from "../systems";
import { command, Failure } from "../tools/failure";
import { pulumiUp } from "../tools/pulumi-cli";
import { stackConfig, stackValues } from "../tools/stack-config";
import { stackFile } from "../tools/stack-files";
import { type Update, updates } from "../tools/stack-history";
import { beyondRollback } from "./rollback/beyond";
import { checkedOut } from "./rollback/checked-out";
import { updatesInText } from "./rollback/list";

interface Options {
  readonly stack: string;
  readonly to?: string;
  readonly yes?: boolean;
}

const LAST_GOOD = "last-good";

new Command("rollback")
  .description(
    "Lists the updates of a stack with what differed. With --to, gives its file the config of one of them again and runs `pulumi up` with preview and policies.",
  )
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .option(
    "--to <update>",
    `the number of the update whose config is brought back; ${LAST_GOOD}: where the last one failed, the last that did not`,
  )
  .option("-y, --yes", "brings it back after the preview without asking")
  .action((options: Options) => command(() => rollback(options)))
  .parse();

async function rollback({ stack, to, yes = false }: Options): Promise<void> {
  const file = stackFile(stack);
  const all = await updates(stack);
  if (all.length === 0)
    throw new Failure(`Stack ${stack} has never been updated: there is nothing to go back to.`);
  if (to === undefined) {
    console.log(`${updatesInText(all)}\n\nBring one back: npm run rollback -- --stack ${stack} --to NUMBER`);
    return;
  }
  const target = to === LAST_GOOD ? lastGood(all) : targetOf(all, to);
  if (target === all[0] && to === LAST_GOOD) {
    console.log("The last update succeeded: there is nothing to bring back.");
    return;
  }
  const text = readFileSync(file, "utf8");
  const changes = changesBetween(stackValues(stack, text), target.config);
  const changed = editedStackFile(
    text,
    changes.map(({ path, after }) => ({ path, value: after })),
  );
  const [now, then] = [text, changed].map((each) =>
    declaredSystems(stackConfig(stack, each)).map(({ declared }) => declared),
  );
  console.log(
    [
      ...(changes.length > 0
        ? [
            `Pulumi.${stack}.yaml, as of update ${target.number}:`,
            ...changes.map((each) => `    ${changeInWords(each)}`),
          ]
        : [`Pulumi.${stack}.yaml has the config of update ${target.number} already.`]),
      "",
      "What does not come back, or happens beside it:",
      ...[...beyondRollback(now!, then!), ...always(target, await checkedOut())].map((line) => `    ${line}`),
      "",
    ].join("\n"),
  );
  writeFileSync(file, changed);
  await up(stack, yes, { file, text, before: all[0]!.begun });
}

function lastGood(all: readonly Update[]): Update {
  const good = all.find(({ result }) => result === "succeeded");
  if (!good) throw new Failure("No update of this stack has ever succeeded: there is nothing to go back to.");
  return good;
}

function targetOf(all: readonly Update[], to: string): Update {
  const target = all.find(({ number }) => `${number}` === to);
  if (!target) {
    const numbers = all.slice(0, 10).map(({ number }) => number);
    throw new Failure(`There is no update ${to}. The last ones: ${numbers.join(", ")}.`);
  }
  if (target.result !== "succeeded")
    throw new Failure(`Update ${to} did not succeed, so what it would bring back never ran. Choose another.`);
  return target;
}

/** What no config tells. */
function always({ commit, secretKeys }: Update, here: string | undefined): string[] {
  return [
    ...(commit && commit !== here
      ? [
          `The program, and the files that the config names, stay as they are here; then they were those of commit ${commit.slice(0, 9)}. To bring those back, check that out first.`,
        ]
      : []),
    `Secrets stay as they are now${secretKeys.length > 0 ? ` (${secretKeys.join(", ")})` : ""}: a password that was rotated is not rotated back.`,
  ];
}

/** Like any update. Where nobody wants it, or the preview fails, the file is as it was. */
async function up(
  stack: string,
  yes: boolean,
  was: { readonly file: string; readonly text: string; readonly before: string },
): Promise<void> {
  const args = ["--stack", stack, "--policy-pack", "policies", ...(yes ? ["--yes"] : [])];
  const exitCode = await pulumiUp("pulumi", args);
  if (exitCode === 0) return;
  const last = await updates(stack).catch(() => undefined);
  if (last === undefined)
    throw new Failure(
      `Whether the update began cannot be told, since the backend does not answer. Pulumi.${stack}.yaml has the config that was to come back.`,
    );
  if (last[0]?.begun !== was.before)
    throw new Failure(
      `The update failed: the reason is above. Pulumi.${stack}.yaml has the config that was to come back; what runs serves on.`,
    );
  writeFileSync(was.file, was.text);
  throw new Failure(`Nothing was changed, and Pulumi.${stack}.yaml is as it was.`);
}
