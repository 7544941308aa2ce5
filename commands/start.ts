import { existsSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { withoutSecrets } from "../config/secret-looking";
import { variablesOf } from "../tools/environment";
import { command, Failure } from "../tools/failure";
import { setUp } from "../tools/local";
import { localStackFile } from "../tools/local-stack-file";
import { mendStack } from "../tools/mend-stack";
import { root } from "../tools/places";
import { say } from "../tools/progress";
import { pulumiUp } from "../tools/pulumi-cli";
import { stackFile } from "../tools/stack-files";
import { notes } from "./notes/text";
import { status } from "./status";

new Command("start")
  .description("Runs a stack on this checkout's local cluster, and sets up whatever that takes.")
  .option("-s, --stack <stack>", "the stack", "dev")
  .action(({ stack }: { stack: string }) => command(() => start(stack)))
  .parse();

async function start(stack: string): Promise<void> {
  // Said before the set-up, which may take minutes.
  stackFile(stack);
  const environment = await setUp(stack);
  for (const [name, value] of Object.entries(variablesOf(environment)))
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  await mendStack(stack, environment);

  // With its preview, in which a broken rule stops the run before anything is changed.
  const policies = existsSync(join(root, "policies")) ? ["--policy-pack", "policies"] : [];
  // Without its outputs, which the screen below says better.
  const options = ["--stack", stack, "--config-file", localStackFile(stack), "--suppress-outputs"];
  const exitCode = await pulumiUp(environment.variables.MUSTER_PULUMI_CLI!, [
    "--yes",
    ...options,
    ...policies,
  ]);
  if (exitCode !== 0)
    throw new Failure(
      `Stack ${stack} is not up: the reason is above. \`npm start\` goes on from where it is.`,
    );

  say("");
  await status(stack).catch((error: Error) =>
    say(`It is up. How it stands could not be looked at: ${withoutSecrets(error.message)}`),
  );
  console.log(`${notes(stack)}\n`);
  console.log(next(stack));
}

function next(stack: string): string {
  const selected = stack === "dev" ? "" : ` -- --stack ${stack}`;
  return `Look at it      eval "$(npm run -s env)"    (in a shell; then plain pulumi and kubectl are there)
                kubectl get pods -A
                npm run status${selected}, npm run notes${selected}
Try next        edit Pulumi.${stack}.yaml, then: npm start${selected}
                pulumi preview --stack ${stack === "prod" ? "staging" : "prod"} --policy-pack policies
Stop            npm run stop (its data stays), npm run stop -- --delete (removes it)`;
}
