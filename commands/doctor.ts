import { Command } from "commander";
import { declaredSystems } from "../systems";
import { Failure, readersMayLeave } from "../tools/failure";
import { stackConfig } from "../tools/stack-config";
import { cluster } from "./doctor/cluster";
import { type Finding, inText, type Part } from "./doctor/finding";
import { machine } from "./doctor/machine";
import { stackInCluster } from "./drift/comparison";

new Command("doctor")
  .description(
    "Whether a stack can be updated from here: this machine, its config, its cluster. Changes nothing. Exit status: 0 it can, 1 something is in the way, with what mends it.",
  )
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .action(async ({ stack }: { stack: string }) => {
    readersMayLeave();
    const parts = await examined(stack);
    console.log(inText(parts));
    const isWell = parts.every(({ findings }) => findings.every(({ mend }) => mend === undefined));
    process.exitCode = isWell ? 0 : 1;
  })
  .parse();

/** Each part only where the one before it could be read. */
async function examined(stack: string): Promise<Part[]> {
  const here = { name: "this machine", findings: await machine() };
  const named = (findings: readonly Finding[]) => ({ name: `Pulumi.${stack}.yaml`, findings });
  try {
    const config = stackConfig(stack);
    const names = declaredSystems(config).map(({ declared }) => declared.name);
    const file = named([{ what: `config of ${names.join(", ")}` }]);
    const where = config.cluster.context ?? "the kubeconfig's current context";
    return [here, file, { name: `the cluster (${where})`, findings: await inCluster(stack, config) }];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [here, named([{ what: "it cannot be used", mend: error.message.trim() }])];
  }
}

async function inCluster(stack: string, config: ReturnType<typeof stackConfig>): Promise<Finding[]> {
  try {
    return await cluster(stack, await stackInCluster(config));
  } catch (error) {
    const mend = `${(error as Error).message.trim()}\nCheck the context and the login: kubectl version`;
    return [{ what: "it does not answer", mend }];
  }
}
