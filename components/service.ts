import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterService } from "./cluster-service";
import { deployment, type Rollout } from "./deployment";
import { type Autoscaling, HorizontalPodAutoscaler } from "./horizontal-pod-autoscaler";
import { type Home, resourceName } from "./labels";
import { PodDisruptionBudget } from "./pod-disruption-budget";
import type { PodDeclaration, PodSettings } from "./pod-template";

/** How many pods: a fixed number, or a range that an autoscaler keeps to. */
export type Scale = { readonly replicas: number } | { readonly autoscaling: Autoscaling };

/** A workload that answers on ports. */
export interface ServiceDeclaration extends PodDeclaration, Omit<Rollout, "replicas"> {
  /** TCP ports by name, the same in pod and Service. */
  readonly ports: Readonly<Record<string, number>>;
  readonly scale: Scale;
}

export interface ServiceWorkload extends ServiceDeclaration {
  readonly kind: "service";
}

/** The least number of pods that run when nothing is wrong. */
function leastReplicas(scale: Scale): number {
  return "replicas" in scale ? scale.replicas : scale.autoscaling.minReplicas;
}

/**
 * A Deployment with a Service in front; an autoscaler where the scale is a range; a disruption budget where two
 * pods or more run (with one, a budget would only keep its node from being drained).
 */
export class Service extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;

  constructor(
    home: Home,
    settings: PodSettings,
    declared: ServiceDeclaration,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:Service", resourceName(home, declared.name), {}, opts);
    const replicas = "replicas" in declared.scale ? declared.scale.replicas : undefined;
    this.deployment = deployment(
      home,
      settings,
      declared,
      { replicas, maxUnavailable: declared.maxUnavailable, timeoutSeconds: declared.timeoutSeconds },
      { parent: this, dependsOn: opts.dependsOn },
    );
    clusterService(home, declared, { parent: this });
    if ("autoscaling" in declared.scale) {
      new HorizontalPodAutoscaler(home, this.deployment, declared, declared.scale.autoscaling, {
        parent: this,
      });
    }
    if (leastReplicas(declared.scale) > 1) new PodDisruptionBudget(home, declared, { parent: this });
    this.registerOutputs({ name: declared.name, ports: declared.ports });
  }
}
