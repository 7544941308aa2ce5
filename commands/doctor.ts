import { Command } from "commander";
import { declaredSystems } from "../systems";
import { Failure, readersMayLeave } from "../tools/failure";
import { stackConfig } from "../tools/stack-config";
import { cluster } from "./doctor/cluster";
import { type Finding, inText, type Part } from "./doctor/finding";
import { machine } from "./doctor/machine";
import { probes } from "./doctor/probes";
import { stackInCluster } from "./drift/comparison";

interface Options {
  readonly stack: string;
  readonly probe?: boolean;
}

new Command("doctor")
  .description(
    "Whether a stack can be updated from here: this machine, its config, its cluster. Without --probe it changes nothing. Exit status: 0 it can, 1 something is in the way, with what mends it.",
  )
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .option(
    "--probe",
    "makes a namespace muster-probe-… with short-lived pods and volumes of 1Gi, and removes it again: do network policies stop traffic, does DNS answer through them, do StorageClasses give ReadWriteMany",
  )
  .action(async ({ stack, probe = false }: Options) => {
    readersMayLeave();
    const parts = await examined(stack, probe);
    console.log(inText(parts));
    const isWell = parts.every(({ findings }) => findings.every(({ mend }) => mend === undefined));
    process.exitCode = isWell ? 0 : 1;
  })
  .parse();

/** Each part only where the one before it could be read. */
async function examined(stack: string, probe: boolean): Promise<Part[]> {
  const here = { name: "this machine", findings: await machine() };
  const named = (findings: readonly Finding[]) => ({ name: `Pulumi.${stack}.yaml`, findings });
  try {
    const config = stackConfig(stack);
    const names = declaredSystems(config).map(({ declared }) => declared.name);
    const file = named([{ what: `config of ${names.join(", ")}` }]);
    const where = config.cluster.context ?? "the kubeconfig's current context";
    return [here, file, { name: `the cluster (${where})`, findings: await inCluster(stack, config, probe) }];
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [here, named([{ what: "it cannot be used", mend: error.message.trim() }])];
  }
}

async function inCluster(
  stack: string,
  config: ReturnType<typeof stackConfig>,
  probe: boolean,
): Promise<Finding[]> {
  try {
    const reached = await stackInCluster(config);
    return [...(await cluster(stack, reached)), ...(probe ? await probes(config, reached) : [])];
  } catch (error) {
    const mend = `${(error as Error).message.trim()}\nCheck the context and the login: kubectl version`;
    return [{ what: "it does not answer", mend }];
  }
}
