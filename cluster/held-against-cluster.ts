import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import type { ClusterArgs } from "../components/cluster";
import { bringBack } from "./comparison/bring-back";
import { compare } from "./comparison/compare";
import { declaredObjects } from "./comparison/declared-objects";
import { recorded } from "./comparison/record";
import { broughtBack, inTheWay, rewritten, unchecked } from "./comparison/report";
import { connect } from "./connect";
import { Kinds } from "./kinds";

/**
 * Holds what a program is about to register against the cluster, and says what is not as declared. What it gives back
 * makes the update mend that. Throws one error with everything that stands in the way, before anything is made.
 */
export async function heldAgainstCluster(
  program: (noting: pulumi.ResourceTransformation) => void,
  where: Pick<ClusterArgs, "context" | "kubeconfig">,
): Promise<pulumi.ResourceTransformation[]> {
  const stack = { project: pulumi.getProject(), stack: pulumi.getStack() };
  try {
    const api = await connect(where);
    const kinds = await Kinds.of(api);
    const declared = await declaredObjects(stack, program);
    const found = await compare({ declared, api, kinds, recorded });
    const obstacles = inTheWay(found);
    if (obstacles.length > 0)
      throw new RunError(`Nothing was created or changed.\n\n${obstacles.join("\n\n")}\n`);
    for (const warning of [broughtBack(found), rewritten(found)]) if (warning) pulumi.log.warn(warning);
    const information = unchecked(found);
    if (information) pulumi.log.info(information);
    return broughtBack(found) ? [bringBack(found, api, kinds)] : [];
  } catch (error) {
    if (error instanceof RunError) throw error;
    const { message } = error as Error;
    // A preview without a cluster judges the config all the same.
    if (!pulumi.runtime.isDryRun())
      throw new RunError(`The cluster could not be asked; nothing was created or changed.\n\n${message}\n`);
    pulumi.log.warn(`What is declared was not compared with the cluster: ${message}`);
    return [];
  }
}
