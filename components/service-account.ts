import { core } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { keptAnnotations } from "./kept";
import { type Labelled, labels, type SystemInstance } from "./labels";

/** The service account of a workload. No token is mounted from it unless the pod asks for one itself. */
export function serviceAccount(
  name: string,
  { system, declared }: { readonly system: SystemInstance; readonly declared: Labelled },
  opts: pulumi.CustomResourceOptions,
): core.v1.ServiceAccount {
  return new core.v1.ServiceAccount(
    name,
    {
      metadata: {
        name: declared.name,
        namespace: system.namespace,
        labels: labels(system, declared),
        annotations: opts.retainOnDelete ? keptAnnotations : undefined,
      },
      automountServiceAccountToken: false,
    },
    opts,
  );
}
