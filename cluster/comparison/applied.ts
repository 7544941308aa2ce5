import { KubernetesError, type KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { pathOf } from "../kinds";
import type { Found } from "./declared-objects";
import type { Unchecked } from "./live-objects";
import { pulumiManager } from "./managed-fields";
import { withoutWithheld } from "./withheld";

export interface Applied {
  /** The object as it would be. */
  readonly result?: KubernetesObject;
  readonly refusal?: string;
  /** What it warns of, were it done. */
  readonly warnings?: readonly string[];
  readonly unchecked?: Unchecked;
}

/** What the API server would make of the object, if Pulumi applied it and took every field. */
export async function applied(
  { object: { manifest }, live }: Found,
  { api, kinds }: ReachedCluster,
): Promise<Applied> {
  const manager = pulumiManager(live) ?? "pulumi-kubernetes";
  const warnings: string[] = [];
  const options = { manager, dryRun: true, warnings };
  try {
    const result = await api.apply(pathOf(kinds, manifest)!, withoutWithheld(manifest, live), options);
    return { result, warnings };
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error;
    // The answer of a webhook has the same number.
    if (error.status !== 403 || !/cannot patch resource/.test(error.message))
      return { refusal: error.message };
    const { kind, metadata } = manifest;
    const what = `what the API server would make of ${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
    return { unchecked: { what, because: error.message } };
  }
}
