import { apps } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { dependencies } from "./dependencies";
import type { Autoscaling } from "./horizontal-pod-autoscaler";
import { labels, selector } from "./labels";
import { digests, type PodDeclaration, podTemplate } from "./pod-template";
import { accountOf } from "./service-account";
import type { WorkloadArgs } from "./workload-args";

/**
 * How many pods: a fixed number; a range that an autoscaler keeps to; or a single one, of which there are never
 * two, because the old one ends before the new one starts.
 */
export type Scale =
  | { readonly replicas: number }
  | { readonly autoscaling: Autoscaling }
  | { readonly single: true };

/** How a Deployment is rolled out. */
export interface Rollout {
  readonly scale: Scale;
  /** Pods that may be missing during a roll-out: a number, or a percentage like "50%". Default 0: no downtime. */
  readonly maxUnavailable?: number | string;
  /** Seconds until a roll-out that is not ready counts as failed. Default 600; never less than a pod may take to stop. */
  readonly timeoutSeconds?: number;
}

/** Seconds that a roll-out may take: where new pods find no room, they wait until the old ones have stopped. */
export function rolloutTimeout({
  timeoutSeconds = 600,
  terminationGracePeriodSeconds = 30,
}: {
  readonly timeoutSeconds?: number;
  readonly terminationGracePeriodSeconds?: number;
}): number {
  return Math.max(timeoutSeconds, terminationGracePeriodSeconds);
}

/** The least number of pods that run when nothing is wrong. */
export function leastReplicas(scale: Scale): number {
  if ("single" in scale) return 1;
  return "replicas" in scale ? scale.replicas : scale.autoscaling.minReplicas;
}

/** The Deployment of a workload, with a service account of its own that no token is mounted from. */
export function deployment(
  name: string,
  args: WorkloadArgs<PodDeclaration & Rollout>,
  opts: pulumi.CustomResourceOptions,
): apps.v1.Deployment {
  const { system, declared, hooks } = args;
  const { scale, maxUnavailable = 0, terminationGracePeriodSeconds = 0 } = declared;
  const timeoutSeconds = rolloutTimeout(declared);
  const account = accountOf(name, args, { parent: opts.parent });
  const template = podTemplate(system, declared);
  return new apps.v1.Deployment(
    name,
    {
      metadata: {
        name: declared.name,
        namespace: system.namespace,
        labels: labels(system, declared, declared.image),
        annotations: { "pulumi.com/timeoutSeconds": `${timeoutSeconds}` },
      },
      spec: {
        // An autoscaler sets the number itself.
        ...("autoscaling" in scale ? {} : { replicas: leastReplicas(scale) }),
        // One second less than the wait, so that the Deployment says why before the wait ends.
        progressDeadlineSeconds: timeoutSeconds - 1,
        // Without a readiness probe, a pod that has not crashed in that time counts as ready.
        minReadySeconds: declared.readiness ? undefined : Math.min(30, timeoutSeconds - 2),
        revisionHistoryLimit: 3,
        selector: { matchLabels: selector(system, declared) },
        strategy:
          "single" in scale
            ? { type: "Recreate" }
            : { type: "RollingUpdate", rollingUpdate: { maxUnavailable, maxSurge: 1 } },
        template: {
          ...template,
          metadata: {
            ...template.metadata,
            annotations: { ...template.metadata.annotations, ...digests(args) },
          },
        },
      },
    },
    {
      ...opts,
      dependsOn: [...account, ...dependencies(opts)],
      // Its pods may take that long to stop.
      customTimeouts: { delete: `${Math.max(timeoutSeconds, terminationGracePeriodSeconds + 60)}s` },
      hooks: hooks?.deployment,
    },
  );
}
