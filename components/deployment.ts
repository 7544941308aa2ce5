import { apps, core } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { type Home, labels, resourceName, selector } from "./labels";
import type { PodDeclaration } from "./pod-template";
import { digests, type PodSettings, podTemplate } from "./pod-template";

/** How a Deployment is rolled out. */
export interface Rollout {
  /** Number of pods; left out where an autoscaler owns it. */
  readonly replicas?: number;
  /** Pods that may be missing during a roll-out: a number, or a percentage like "50%". Default 0: no downtime. */
  readonly maxUnavailable?: number | string;
  /** Seconds until a roll-out that is not ready counts as failed. Default 600. */
  readonly timeoutSeconds?: number;
}

/** The Deployment of a workload, with a service account of its own that no token is mounted from. */
export function deployment(
  home: Home,
  settings: PodSettings,
  declared: PodDeclaration,
  rollout: Rollout,
  opts: pulumi.CustomResourceOptions,
): apps.v1.Deployment {
  const name = resourceName(home, declared.name);
  const account = serviceAccount(home, declared, { parent: opts.parent });
  const template = podTemplate(home, settings, declared, account.metadata.name);
  const timeout = rollout.timeoutSeconds ?? 600;
  return new apps.v1.Deployment(
    name,
    {
      metadata: {
        name: declared.name,
        namespace: home.namespace,
        labels: labels(home, declared.name, { name: declared.applicationName, image: declared.image }),
        annotations: { "pulumi.com/timeoutSeconds": `${timeout}` },
      },
      spec: {
        ...(rollout.replicas === undefined ? {} : { replicas: rollout.replicas }),
        // One second less than the wait, so that the Deployment says why before the wait ends.
        progressDeadlineSeconds: timeout - 1,
        revisionHistoryLimit: 3,
        selector: { matchLabels: selector(home, declared.name) },
        strategy: {
          type: "RollingUpdate",
          rollingUpdate: { maxUnavailable: rollout.maxUnavailable ?? 0, maxSurge: 1 },
        },
        template: {
          ...template,
          metadata: { ...template.metadata, annotations: digests(settings, declared) },
        },
      },
    },
    {
      ...opts,
      hooks: settings.watch,
      // Where an autoscaler takes over a fixed number, the number that is there stays until it has.
      ignoreChanges: rollout.replicas === undefined ? ["spec.replicas"] : [],
    },
  );
}

/** The service account of a workload. No token is mounted from it unless the pod asks for one itself. */
export function serviceAccount(home: Home, declared: PodDeclaration, opts: pulumi.CustomResourceOptions) {
  return new core.v1.ServiceAccount(
    resourceName(home, declared.name),
    {
      metadata: { name: declared.name, namespace: home.namespace, labels: labels(home, declared.name) },
      automountServiceAccountToken: false,
    },
    opts,
  );
}
