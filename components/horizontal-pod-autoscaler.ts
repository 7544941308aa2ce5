import { type apps, autoscaling } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Labelled, labels, type SystemInstance } from "./labels";

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
  /** Metrics that the pods export, through an adapter that serves custom.metrics.k8s.io. */
  readonly podMetrics?: readonly PodMetric[];
  readonly scaleUp?: ScalingRules;
  readonly scaleDown?: ScalingRules;
}

/** A metric of the pods and the average, as a quantity, that the autoscaler keeps it at. */
export interface PodMetric {
  readonly name: string;
  readonly averageValue: string;
}

/** How fast the number of pods may change in one direction; what is left out is as Kubernetes has it. */
export interface ScalingRules {
  /** Seconds over which the most cautious of the last recommendations counts. */
  readonly stabilizationWindowSeconds?: number;
  /** Which of several policies holds: the one that changes most (`Max`) or least (`Min`). */
  readonly selectPolicy?: "Max" | "Min";
  readonly policies: readonly ScalingPolicy[];
}

/** At most so many pods, or so many percent of them, in a period. */
export interface ScalingPolicy {
  readonly type: "Pods" | "Percent";
  readonly value: number;
  readonly periodSeconds: number;
}

export interface HorizontalPodAutoscalerArgs {
  readonly system: SystemInstance;
  readonly declared: Labelled;
  /** Its name in the cluster. Default: that of the workload. */
  readonly objectName?: string;
  readonly target: apps.v1.Deployment;
  readonly scaling: Autoscaling;
}

/** Scales a Deployment, which then declares no `replicas` of its own. */
export class HorizontalPodAutoscaler extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system, declared, objectName = declared.name, target, scaling }: HorizontalPodAutoscalerArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:HorizontalPodAutoscaler", name, {}, opts);
    const { minReplicas, maxReplicas } = scaling;
    new autoscaling.v2.HorizontalPodAutoscaler(
      name,
      {
        metadata: { name: objectName, namespace: system.namespace, labels: labels(system, declared) },
        spec: {
          scaleTargetRef: { apiVersion: target.apiVersion, kind: target.kind, name: target.metadata.name },
          minReplicas,
          maxReplicas,
          metrics: [
            ...utilization("cpu", scaling.cpuUtilization),
            ...utilization("memory", scaling.memoryUtilization),
            ...(scaling.podMetrics ?? []).map(({ name, averageValue }) => ({
              type: "Pods",
              pods: { metric: { name }, target: { type: "AverageValue", averageValue } },
            })),
          ],
          behavior: behavior(scaling),
        },
      },
      { parent: this },
    );
    this.registerOutputs({ name: objectName, minReplicas, maxReplicas });
  }
}

function utilization(name: "cpu" | "memory", averageUtilization?: number) {
  if (averageUtilization === undefined) return [];
  return [{ type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization } } }];
}

function behavior({ scaleUp, scaleDown }: Autoscaling) {
  if (!scaleUp && !scaleDown) return undefined;
  const rules = (given?: ScalingRules) =>
    given && { ...given, policies: given.policies.map((policy) => ({ ...policy })) };
  return { scaleUp: rules(scaleUp), scaleDown: rules(scaleDown) };
}
