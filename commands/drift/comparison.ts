import type { KubernetesObject } from "../../cluster/api-server";
import { type Comparison, compare } from "../../cluster/comparison/compare";
import { declaredObjects } from "../../cluster/comparison/declared-objects";
import type { Recorded } from "../../cluster/comparison/record";
import { beside, differencesInWords, inTheWay, unchecked } from "../../cluster/comparison/report";
import { type ReachedCluster, reach } from "../../cluster/connect";
import { placeOf, programOf } from "../../program";
import type { StackConfig } from "../../systems";
import { pulumi } from "../../tools/pulumi-cli";
import { stackConfig } from "../../tools/stack-config";

/** The cluster of a stack, and what the stack declares in it. */
export interface StackInCluster extends ReachedCluster {
  /** The declared objects, but for what an update alone knows. */
  readonly manifests: readonly KubernetesObject[];
  /** Holds what is declared against what is there now. */
  readonly compare: () => Promise<Comparison>;
}

export async function stackInCluster(config: StackConfig): Promise<StackInCluster> {
  const { stack } = config;
  const cluster = await reach(placeOf(config));
  const { run, ...args } = await programOf(config, cluster);
  const declared = await declaredObjects({ project: "muster", stack }, (noting) => run([noting]));
  return {
    ...cluster,
    manifests: declared.map(({ manifest }) => manifest),
    compare: () => compare({ declared, cluster, recorded: () => exported(stack), ...args }),
  };
}

/** A stack as its file declares it, held against its cluster. */
export async function comparisonOf(stack: string): Promise<Comparison> {
  const { compare } = await stackInCluster(stackConfig(stack));
  return compare();
}

/** Pulumi's record, as the CLI exports it. */
async function exported(stack: string): Promise<Recorded> {
  const { deployment } = JSON.parse(await pulumi("stack", "export", "--stack", stack));
  const resources: readonly { urn: string; inputs?: unknown }[] = deployment.resources ?? [];
  return new Map(resources.map(({ urn, inputs }) => [urn, inputs]));
}

export function isAsDeclared(found: Comparison): boolean {
  const { gone, drifted, widened, adopted } = found;
  const changed = drifted.filter(({ differences }) => differences.length > 0);
  return [inTheWay(found), gone, changed, widened, adopted].every((all) => all.length === 0);
}

export function inText(found: Comparison): string {
  const paragraphs = [
    ...inTheWay(found),
    ...beside(found, differencesInWords(found).join("\n")),
    isAsDeclared(found) ? `All ${found.compared} objects are as declared.` : undefined,
    unchecked(found),
  ];
  return paragraphs.filter(Boolean).join("\n\n");
}
