import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { keptAnnotations } from "./kept";
import { type Home, labels, resourceName } from "./labels";

/** How much a volume holds, and of which kind it is. */
export interface Storage {
  /** A quantity, such as `20Gi`. It may grow where the class allows it, and never shrinks. */
  readonly size: string;
  /** Name of the StorageClass. Default: the cluster's own default. */
  readonly storageClass?: string;
}

/** A volume that pods mount and that outlives them. */
export interface ClaimDeclaration extends Storage {
  readonly kind: "claim";
  readonly name: string;
  /** `ReadWriteMany` where pods of several nodes mount it. */
  readonly accessMode: "ReadWriteMany" | "ReadWriteOnce";
}

/** The spec of a claim, on its own or as the template of a StatefulSet. */
export function claimSpec({ size, storageClass }: Storage, accessMode: ClaimDeclaration["accessMode"]) {
  return {
    accessModes: [accessMode],
    resources: { requests: { storage: size } },
    ...(storageClass ? { storageClassName: storageClass } : {}),
  };
}

/** A claim on a volume. `destroy` keeps it, with its data. */
export class PersistentVolumeClaim extends pulumi.ComponentResource {
  constructor(home: Home, claim: ClaimDeclaration, opts: pulumi.ComponentResourceOptions) {
    const name = resourceName(home, claim.name);
    super("muster:index:PersistentVolumeClaim", name, {}, opts);
    new core.v1.PersistentVolumeClaim(
      name,
      {
        metadata: {
          name: claim.name,
          namespace: home.namespace,
          labels: labels(home, claim),
          // Classes that bind at the first pod would be waited for in vain: that pod comes later.
          annotations: { ...keptAnnotations, "pulumi.com/skipAwait": "true" },
        },
        spec: claimSpec(claim, claim.accessMode),
      },
      { parent: this, retainOnDelete: true },
    );
    this.registerOutputs({ name: claim.name, size: claim.size });
  }
}
