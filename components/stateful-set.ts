import { apps, core } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { dependencies } from "./dependencies";
import { rolloutTimeout } from "./deployment";
import { labels, resourceName, selector } from "./labels";
import { claimSpec, PersistentVolumeClaim, type Storage } from "./persistent-volume-claim";
import { digests, type PodDeclaration, podTemplate } from "./pod-template";
import { accountOf } from "./service-account";
import type { WorkloadArgs } from "./workload-args";

/** One pod with a volume of its own, which it finds again wherever it goes. */
export interface StatefulDeclaration extends PodDeclaration {
  /** Where the volume is mounted, and what it is. */
  readonly data: { readonly path: string } & Storage;
  /** Seconds until a roll-out that is not ready counts as failed. Default 600; never less than a pod may take to stop. */
  readonly timeoutSeconds?: number;
}

/**
 * The StatefulSet of a workload, with the headless Service that names its pods: `<name>-0.<name>-headless`. Its volume is kept when the set is scaled down or removed.
 */
export function statefulSet(
  name: string,
  args: WorkloadArgs<StatefulDeclaration>,
  opts: pulumi.CustomResourceOptions,
): apps.v1.StatefulSet {
  const { system, declared, hooks } = args;
  const { parent } = opts;
  const { path, ...storage } = declared.data;
  const data = { path, from: { claimTemplate: "data" } };
  // Made before the set makes it, under the name that the set looks for: a template cannot be changed, a claim may grow.
  const volume = {
    kind: "claim",
    name: `data-${declared.name}-0`,
    accessMode: "ReadWriteOnce",
    ...storage,
  } as const;
  const claim = new PersistentVolumeClaim(
    resourceName(system, volume.name),
    { system, declared: volume },
    { parent },
  );
  const pod = { ...declared, mounts: [...(declared.mounts ?? []), data] };
  const account = accountOf(name, args, { parent });
  const headless = headlessService(`${name}-headless`, args, { parent });
  const template = podTemplate(system, pod);
  return new apps.v1.StatefulSet(
    name,
    {
      metadata: {
        name: declared.name,
        namespace: system.namespace,
        labels: labels(system, declared, declared.image),
        annotations: { "pulumi.com/timeoutSeconds": `${rolloutTimeout(declared)}` },
      },
      spec: {
        serviceName: headlessName(declared),
        replicas: 1,
        // In turn, a pod that never gets ready would have to be deleted by hand before its successor may come.
        podManagementPolicy: "Parallel",
        revisionHistoryLimit: 3,
        selector: { matchLabels: selector(system, declared) },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        template: {
          ...template,
          metadata: {
            ...template.metadata,
            annotations: { ...template.metadata.annotations, ...digests(args) },
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: data.from.claimTemplate, labels: selector(system, declared) },
            spec: claimSpec(storage, "ReadWriteOnce"),
          },
        ],
      },
    },
    {
      ...opts,
      dependsOn: [claim, ...account, headless, ...dependencies(opts)],
      hooks: hooks?.statefulSet,
      ignoreChanges: ["spec.volumeClaimTemplates"],
    },
  );
}

function headlessName({ name }: StatefulDeclaration): string {
  return `${name}-headless`;
}

/** It has no address of its own, and names a pod before it is ready as well: a restore or a repair needs just that one. */
function headlessService(
  name: string,
  { system, declared }: WorkloadArgs<StatefulDeclaration>,
  opts: pulumi.CustomResourceOptions,
) {
  return new core.v1.Service(
    name,
    {
      metadata: {
        name: headlessName(declared),
        namespace: system.namespace,
        labels: labels(system, declared),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: true,
        selector: selector(system, declared),
        ports: Object.entries(declared.ports ?? {}).map(([name, port]) => ({ name, port, targetPort: name })),
      },
    },
    opts,
  );
}
