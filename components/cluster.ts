import { Provider } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

export interface ClusterArgs {
  /** Name that stands for this cluster in state: while it stays, a changed kubeconfig replaces nothing. */
  readonly name: string;
  /** Context of the kubeconfig. Default: its current context. */
  readonly context?: string;
  /** Path of a kubeconfig. Default: `KUBECONFIG`, then `~/.kube/config`. */
  readonly kubeconfig?: string;
}

/** The connection to the cluster that a stack lives in. */
export function cluster(
  { name, context, kubeconfig }: ClusterArgs,
  opts: pulumi.ResourceOptions = {},
): Provider {
  return new Provider(
    "cluster",
    {
      clusterIdentifier: name,
      context,
      kubeconfig,
      enableServerSideApply: true,
      // A changed file or value rolls its readers by the digest they carry: no need to replace the object.
      enableConfigMapMutable: true,
      enableSecretMutable: true,
      kubeClientSettings: { qps: 200, burst: 400 },
    },
    opts,
  );
}
