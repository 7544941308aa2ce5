import { apiextensions } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { keptAnnotations } from "./kept";
import { type Labelled, labels, type SystemInstance } from "./labels";

/** The queue of Kueue that Jobs wait in for a place, in the order in which they were created. */
export interface JobQueueDeclaration {
  /** A LocalQueue that is there, with quotas of its own. Default: one is made, for as many Jobs as may run at once. */
  readonly localQueue?: string;
}

export const kueueApi = "kueue.x-k8s.io/v1beta2";

/** On a Job: the LocalQueue that it waits in. */
export const queueLabel = "kueue.x-k8s.io/queue-name";

/**
 * What says of a Job which queue it waits in. One of the system's own is named as the template is, and never `default`,
 * which Kueue gives to all pods of the namespace.
 */
export function queueLabels({
  name,
  queue,
}: {
  readonly name: string;
  readonly queue?: JobQueueDeclaration;
}): Record<string, string> {
  return queue ? { [queueLabel]: queue.localQueue ?? name } : {};
}

interface JobQueueArgs {
  readonly system: SystemInstance;
  /** The template of its Jobs: how many may run at a time, and whether they outlive the system. */
  readonly declared: Labelled & { readonly maxRunning: number; readonly outlives?: true };
  /** What a Job's pod may take at most, by resource. */
  readonly limits: Readonly<Record<string, string>>;
}

/**
 * A queue of the system's own: a LocalQueue in its namespace, and the ClusterQueue and ResourceFlavor that it leads to,
 * which are objects of the whole cluster and named after the namespace.
 */
export class JobQueue extends pulumi.ComponentResource {
  constructor(name: string, args: JobQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("muster:index:JobQueue", name, {}, opts);
    const { system, declared, limits } = args;
    const { name: queue, maxRunning, outlives } = declared;
    const ofCluster = pulumi.interpolate`${system.namespace}-${queue}`;
    // Kueue keeps a queue until the Jobs that it let go have ended, and a deletion waits for that.
    const own = { parent: this, retainOnDelete: outlives };
    const common = { system, labelled: declared, own, annotations: outlives && keptAnnotations };
    const flavor = kueueObject(`${name}-flavor`, { ...common, kind: "ResourceFlavor", name: ofCluster });
    // A ClusterQueue has to cover every resource that a pod asks for. The number of pods is the bound: what they take
    // is enough for that many.
    const quotas = [
      { name: "pods", nominalQuota: `${maxRunning}` },
      ...Object.entries(limits).map(([name, limit]) => ({ name, nominalQuota: times(limit, maxRunning) })),
    ];
    const clusterQueue = kueueObject(`${name}-cluster-queue`, {
      ...common,
      own: { ...own, dependsOn: flavor },
      kind: "ClusterQueue",
      name: ofCluster,
      spec: {
        // Whoever waits longest is next, also where a smaller one would fit.
        queueingStrategy: "StrictFIFO",
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": system.namespace } },
        resourceGroups: [
          {
            coveredResources: quotas.map(({ name }) => name),
            flavors: [{ name: ofCluster, resources: quotas }],
          },
        ],
      },
    });
    kueueObject(`${name}-local-queue`, {
      ...common,
      own: { ...own, dependsOn: clusterQueue },
      kind: "LocalQueue",
      name: queue,
      namespace: system.namespace,
      spec: { clusterQueue: ofCluster },
    });
    this.registerOutputs({ queue });
  }
}

interface KueueObject {
  readonly system: SystemInstance;
  readonly labelled: Labelled;
  readonly own: pulumi.CustomResourceOptions;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly kind: string;
  readonly name: pulumi.Input<string>;
  readonly namespace?: pulumi.Input<string>;
  readonly spec?: object;
}

function kueueObject(
  resource: string,
  { system, labelled, own, annotations, kind, name, namespace, spec }: KueueObject,
) {
  const metadata = { name, namespace, labels: labels(system, labelled), annotations };
  const manifest = { apiVersion: kueueApi, kind, metadata, ...(spec && { spec }) };
  return new apiextensions.CustomResource(resource, manifest, own);
}

/** So many times a quantity: `500m` ten times is `5000m`. */
function times(quantity: string, count: number): string {
  const [, number, unit] = /^([0-9.]+)(.*)$/.exec(quantity)!;
  return `${Number((Number(number) * count).toPrecision(12))}${unit}`;
}
