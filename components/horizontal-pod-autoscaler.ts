import { type apps, autoscaling } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Home, labels, resourceName } from "./labels";

/** A range of replicas, and the load at which pods are added. At least one target is given. */
export interface Autoscaling {
  /** At least 1. */
  readonly minReplicas: number;
  /** Not below minReplicas. */
  readonly maxReplicas: number;
  /** Average CPU use, as a percentage of what the pods request. */
  readonly cpuUtilization?: number;
  /** Average memory use, as a percentage of what the pods request. */
  readonly memoryUtilization?: number;
}

/** Scales a Deployment, which then declares no `replicas` of its own. */
export class HorizontalPodAutoscaler extends pulumi.ComponentResource {
  constructor(
    home: Home,
    target: apps.v1.Deployment,
    workload: { readonly name: string },
    scaling: Autoscaling,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = resourceName(home, workload.name);
    super("muster:index:HorizontalPodAutoscaler", name, {}, opts);
    const targets = { cpu: scaling.cpuUtilization, memory: scaling.memoryUtilization };
    new autoscaling.v2.HorizontalPodAutoscaler(
      name,
      {
        metadata: { name: workload.name, namespace: home.namespace, labels: labels(home, workload.name) },
        spec: {
          scaleTargetRef: { apiVersion: target.apiVersion, kind: target.kind, name: target.metadata.name },
          minReplicas: scaling.minReplicas,
          maxReplicas: scaling.maxReplicas,
          metrics: Object.entries(targets).flatMap(([name, averageUtilization]) =>
            averageUtilization === undefined
              ? []
              : [
                  {
                    type: "Resource",
                    resource: { name, target: { type: "Utilization", averageUtilization } },
                  },
                ],
          ),
        },
      },
      { parent: this },
    );
    this.registerOutputs({ name: workload.name, ...scaling });
  }
}
