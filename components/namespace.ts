import { core, networking } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { keptAnnotations } from "./kept";
import { resourceName, type SystemInstance } from "./labels";
import { quotaAnnotations } from "./resource-quota";

export interface NamespaceArgs {
  readonly system: Omit<SystemInstance, "namespace">;
  /** Its name. */
  readonly namespace: string;
  /** Whether `destroy` keeps it, with the rule that denies all traffic, because something in it has to stay. */
  readonly kept: boolean;
  /** Whether it may have been there before, with what is not the system's: `destroy` then leaves it, and no rule. */
  readonly adopts: boolean;
  /** What the cluster is called in Pulumi's record. Default: it is not noted. */
  readonly cluster?: string;
}

/** On a namespace that may be another's: it outlives the line of config that says so. */
export const adoptedMark = "muster.dev/adopted";
/** On a namespace: what its cluster was called when it was last updated. With another name all of it is replaced. */
export const clusterMark = "muster.dev/cluster";

/**
 * The namespace of a system: it enforces the `restricted` Pod Security Standard, lets no traffic in or out that no
 * edge opens, and lets nothing in it reach around its ingress.
 */
export class Namespace extends pulumi.ComponentResource {
  /** The name, as an Output of the object: what is made with it comes after it. */
  readonly name: pulumi.Output<string>;

  constructor(
    name: string,
    { system, namespace, kept, adopts, cluster }: NamespaceArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:Namespace", name, {}, opts);
    const common = {
      "app.kubernetes.io/part-of": system.name,
      "app.kubernetes.io/instance": system.stack,
      "app.kubernetes.io/managed-by": "muster",
    };
    const restricted = ["enforce", "warn", "audit"].map((mode) => [
      `pod-security.kubernetes.io/${mode}`,
      "restricted",
    ]);
    const annotations = kept ? keptAnnotations : undefined;
    const marks = {
      ...(kept || adopts ? keptAnnotations : {}),
      ...(adopts && { [adoptedMark]: "true" }),
      ...(cluster && { [clusterMark]: cluster }),
    };
    const object = new core.v1.Namespace(
      name,
      {
        metadata: {
          name: namespace,
          labels: { ...common, ...Object.fromEntries(restricted) },
          annotations: Object.keys(marks).length > 0 ? marks : undefined,
        },
      },
      { parent: this, retainOnDelete: kept || adopts },
    );
    this.name = object.metadata.name;
    new networking.v1.NetworkPolicy(
      resourceName(system, "default-deny"),
      {
        metadata: { name: "default-deny", namespace: this.name, labels: common, annotations },
        spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
      },
      { parent: this, retainOnDelete: kept },
    );
    new core.v1.ResourceQuota(
      name,
      {
        // Not the system's name, which a Job template of the same name gives to a quota of its own.
        metadata: {
          name: "namespace",
          namespace: this.name,
          labels: common,
          annotations: quotaAnnotations,
        },
        // Jobs count until they are removed: the bound is for a dispatcher gone wild, not for daily work.
        spec: {
          hard: { "services.loadbalancers": "0", "services.nodeports": "0", "count/jobs.batch": "500" },
        },
      },
      { parent: this },
    );
    this.registerOutputs({ name: this.name });
  }
}
