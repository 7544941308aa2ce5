import { apps, core } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { serviceAccount } from "./deployment";
import { type Home, labels, resourceName, selector } from "./labels";
import { claimSpec, PersistentVolumeClaim, type Storage } from "./persistent-volume-claim";
import { digests, type PodDeclaration, type PodSettings, podTemplate } from "./pod-template";

/** One pod with a volume of its own, which it finds again wherever it goes. */
export interface StatefulDeclaration extends PodDeclaration {
  /** Where the volume is mounted, and what it is. */
  readonly data: { readonly path: string } & Storage;
  /** Seconds until a roll-out that is not ready counts as failed. Default 600. */
  readonly timeoutSeconds?: number;
}

/**
 * The StatefulSet of a workload, with the headless Service that names its pods: `<name>-0.<name>-headless`. Its volume is kept when the set is scaled down or removed.
 */
export function statefulSet(
  home: Home,
  settings: PodSettings,
  declared: StatefulDeclaration,
  opts: pulumi.CustomResourceOptions,
): apps.v1.StatefulSet {
  const { path, ...storage } = declared.data;
  const data = { path, from: { claimTemplate: "data" } };
  // Made before the set makes it, under the name that the set looks for: a template cannot be changed, a claim may grow.
  const claim = new PersistentVolumeClaim(
    home,
    { kind: "claim", name: `data-${declared.name}-0`, accessMode: "ReadWriteOnce", ...storage },
    { parent: opts.parent },
  );
  const pod = { ...declared, mounts: [...(declared.mounts ?? []), data] };
  const account = serviceAccount(home, declared, { parent: opts.parent });
  const headless = headlessService(home, declared, { parent: opts.parent });
  const template = podTemplate(home, settings, pod, account.metadata.name);
  return new apps.v1.StatefulSet(
    resourceName(home, declared.name),
    {
      metadata: {
        name: declared.name,
        namespace: home.namespace,
        labels: labels(home, declared, declared.image),
        annotations: { "pulumi.com/timeoutSeconds": `${declared.timeoutSeconds ?? 600}` },
      },
      spec: {
        serviceName: headless.metadata.name,
        replicas: 1,
        // In turn, a pod that never gets ready would have to be deleted by hand before its successor may come.
        podManagementPolicy: "Parallel",
        revisionHistoryLimit: 3,
        selector: { matchLabels: selector(home, declared) },
        persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
        template: {
          ...template,
          metadata: {
            ...template.metadata,
            annotations: { ...template.metadata.annotations, ...digests(settings, declared) },
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: data.from.claimTemplate, labels: selector(home, declared) },
            spec: claimSpec(storage, "ReadWriteOnce"),
          },
        ],
      },
    },
    {
      ...opts,
      dependsOn: [claim, ...([opts.dependsOn ?? []].flat() as pulumi.Resource[])],
      hooks: settings.watch,
      ignoreChanges: ["spec.volumeClaimTemplates"],
    },
  );
}

/** It has no address of its own, and names a pod before it is ready as well: a restore or a repair needs just that one. */
function headlessService(home: Home, declared: StatefulDeclaration, opts: pulumi.CustomResourceOptions) {
  const name = `${declared.name}-headless`;
  return new core.v1.Service(
    resourceName(home, name),
    {
      metadata: {
        name,
        namespace: home.namespace,
        labels: labels(home, declared),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: true,
        selector: selector(home, declared),
        ports: Object.entries(declared.ports ?? {}).map(([name, port]) => ({ name, port, targetPort: name })),
      },
    },
    opts,
  );
}
