import * as pulumi from "@pulumi/pulumi";
import { RunError } from "@pulumi/pulumi/errors";
import { asLeft } from "./comparison/as-left";
import { bringBack } from "./comparison/bring-back";
import { type ComparisonArgs, type ComparisonConfig, compare, mayBeMended } from "./comparison/compare";
import { declaredObjects } from "./comparison/declared-objects";
import { LiveReader } from "./comparison/live-objects";
import { answerObjectsAsGiven } from "./comparison/object-registrations";
import { PreviewRegistrations } from "./comparison/preview-registrations";
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
interface RunnableProgram<T> extends ComparisonConfig {
  readonly run: (transformations: pulumi.ResourceTransformation[]) => T;
}

/**
 * Runs a program. What it is about to register is held against the cluster before, and what is not as declared is said
 * and mended by the update. Throws one error with everything that stands in the way, before anything is made.
 */
export async function heldAgainstCluster<T>(
  { run, ...config }: RunnableProgram<T>,
  cluster: ReachedCluster | undefined,
): Promise<T> {
  if (!cluster) return run([]);
  const stack = { project: pulumi.getProject(), stack: pulumi.getStack() };
  if (!pulumi.runtime.isDryRun()) {
    const declared = await declaredObjects(stack, (noting) => run([noting]));
    const transformations = await mending({ declared, cluster, recorded, ...config });
    answerObjectsAsGiven();
    return run(transformations);
  }
  const reader = new LiveReader(cluster);
  const registrations = new PreviewRegistrations(stack, (object) => mayBeMended(object, reader));
  const result = run(registrations.transformations);
  const declared = await registrations.declared();
  await registrations.finish(await mending({ declared, cluster, recorded, reader, ...config }));
  return result;
}

/** Says what a comparison finds; what it gives back makes the update mend that. */
async function mending(args: ComparisonArgs): Promise<pulumi.ResourceTransformation[]> {
  const { cluster } = args;
  const found = await answered(() => compare(args));
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
