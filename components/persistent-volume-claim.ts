import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { keptAnnotations } from "./kept";
import { labels, type SystemInstance } from "./labels";

/** How much a volume holds, and of which kind it is. */
export interface Storage {
  /** A quantity, such as `20Gi`. It may grow where the class allows it, and never shrinks. */
  readonly size: string;
  /** Name of the StorageClass. Default: the cluster's own default. */
  readonly storageClass?: string;
}

/** A volume that several workloads mount, or several pods of one, and that outlives them. */
export interface ClaimDeclaration extends Storage {
  readonly kind: "claim";
  readonly name: string;
  /** `ReadWriteMany` where pods of several nodes mount it. */
  readonly accessMode: "ReadWriteMany" | "ReadWriteOnce";
}

export function claim(declared: Omit<ClaimDeclaration, "kind">): ClaimDeclaration {
  return { kind: "claim", ...declared };
}

/** The spec of a claim, on its own or as the template of a StatefulSet. */
export function claimSpec({ size, storageClass }: Storage, accessMode: ClaimDeclaration["accessMode"]) {
  return {
    accessModes: [accessMode],
    resources: { requests: { storage: size } },
    ...(storageClass ? { storageClassName: storageClass } : {}),
  };
}

export interface PersistentVolumeClaimArgs {
  readonly system: SystemInstance;
  readonly declared: ClaimDeclaration;
}

/** A claim on a volume. `destroy` keeps it, with its data. */
export class PersistentVolumeClaim extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system, declared }: PersistentVolumeClaimArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:PersistentVolumeClaim", name, {}, opts);
    new core.v1.PersistentVolumeClaim(
      name,
      {
        metadata: {
          name: declared.name,
          namespace: system.namespace,
          labels: labels(system, declared),
          // Classes that bind at the first pod would be waited for in vain: that pod comes later.
          annotations: { ...keptAnnotations, "pulumi.com/skipAwait": "true" },
        },
        spec: claimSpec(declared, declared.accessMode),
      },
      { parent: this, retainOnDelete: true },
    );
    this.registerOutputs({ name: declared.name, size: declared.size });
  }
}
