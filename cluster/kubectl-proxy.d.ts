import type { ClusterArgs } from "../components/cluster";

/** A cluster, as kubectl is told it. */
export type Place = Pick<ClusterArgs, "context" | "kubeconfig">;

/** By which kubectl goes to a cluster. */
export function flagsOf(where: Place): string[];

/** A way to an API server that is being opened. */
export interface KubectlProxy extends Place {
  readonly socketPath: string;
  /** Why it does not serve; undefined where it does. */
  readonly refusal: Promise<string | undefined>;
}

/** Starts it, until this process ends. */
export function startProxy(where: Place): KubectlProxy;

/** Where the program that is about to be loaded goes, as far as that shows in what Pulumi hands it. */
export function placeAhead(environment: Readonly<Record<string, string | undefined>>): Place;
