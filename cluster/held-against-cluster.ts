import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import { asLeft } from "./comparison/as-left";
import { bringBack } from "./comparison/bring-back";
import { type ComparisonConfig, compare } from "./comparison/compare";
import { declaredObjects } from "./comparison/declared-objects";
import { recorded } from "./comparison/record";
import { beside, broughtBack, inTheWay, takenOver, unchecked } from "./comparison/report";
import { type ReachedCluster, reach } from "./connect";
import { TooOld } from "./kinds";
import type { KubectlProxy, Place } from "./kubectl-proxy";
import { withdrawOldPassword } from "./passwords";

/** The cluster of a stack. Undefined where it cannot be asked: a preview judges the config all the same, and says so. */
export function reached(where: Place, ahead?: KubectlProxy): Promise<ReachedCluster | undefined> {
  return answered(() => reach(where, ahead));
}

/** A program that may be run once to see what it declares, and again to register it. */
interface RunnableProgram extends ComparisonConfig {
  readonly run: (transformations: pulumi.ResourceTransformation[]) => unknown;
}

/**
 * Holds what a program is about to register against the cluster, and says what is not as declared. What it gives back
 * makes the update mend that. Throws one error with everything that stands in the way, before anything is made.
 */
export async function heldAgainstCluster(
  { run, ...args }: RunnableProgram,
  cluster: ReachedCluster | undefined,
): Promise<pulumi.ResourceTransformation[]> {
  if (!cluster) return [];
  const stack = { project: pulumi.getProject(), stack: pulumi.getStack() };
  const declared = await declaredObjects(stack, (noting) => run([noting]));
  const found = await answered(() => compare({ declared, cluster, recorded, ...args }));
  if (!found) return [];
  const obstacles = inTheWay(found);
  if (obstacles.length > 0)
    throw new RunError(`Nothing was created or changed.\n\n${obstacles.join("\n\n")}\n`);
  for (const warning of beside(found, broughtBack(found))) pulumi.log.warn(warning);
  for (const secret of found.oldPasswords) await withdrawOldPassword(secret, cluster);
  const information = unchecked(found);
  if (information) pulumi.log.info(information);
  return [
    ...(found.drifted.some(({ left }) => left.length > 0) ? [asLeft(found)] : []),
    ...(broughtBack(found) || takenOver(found) ? [bringBack(found, cluster)] : []),
  ];
}

async function answered<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof TooOld) throw new RunError(`Nothing was created or changed.\n\n${message}\n`);
    if (!pulumi.runtime.isDryRun())
      throw new RunError(`The cluster could not be asked; nothing was created or changed.\n\n${message}\n`);
    pulumi.log.warn(`What is declared was not compared with the cluster: ${message}`);
    return undefined;
  }
}
