import * as pulumi from "@pulumi/pulumi";

/** What Pulumi's record has of a stack since its last update: by URN, what each resource was made of. */
export type Recorded = ReadonlyMap<string, unknown>;

/** The record of the stack that is being updated. It holds secrets, and is for looking up only what there is. */
export async function recorded(): Promise<Recorded> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
  const { outputs } = await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  const resources = outputs as Readonly<Record<string, { outputs?: { __inputs?: unknown } }>>;
  // A provider is all that it was made of.
  return new Map(Object.entries(resources).map(([urn, { outputs }]) => [urn, outputs?.__inputs ?? outputs]));
}
