import { batch } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dependencies } from "./dependencies";
import { labels } from "./labels";
import { type PodDeclaration, podTemplate } from "./pod-template";
import { accountOf } from "./service-account";
import type { WorkloadArgs } from "./workload-args";

/** What runs to its end again and again, at set times. */
export interface CronJobDeclaration extends PodDeclaration {
  /** Five fields or a macro, as Kubernetes takes them, in UTC: `30 2 * * *`. */
  readonly schedule: string;
  /** Seconds after which a run is stopped and has failed. */
  readonly activeDeadlineSeconds: number;
}

export interface CronJobWorkload extends CronJobDeclaration {
  readonly kind: "cron-job";
}

export type CronJobArgs = Omit<WorkloadArgs<CronJobWorkload>, "secretDigest" | "hooks">;

/** A CronJob of which one run at a time is under way. The last three that failed are left to be looked at. */
export class CronJob extends pulumi.ComponentResource {
  constructor(name: string, args: CronJobArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("muster:index:CronJob", name, {}, opts);
    const { system, declared } = args;
    const { schedule, activeDeadlineSeconds } = declared;
    const account = accountOf(name, args, { parent: this });
    const template = podTemplate(system, { ...declared, safeToEvict: declared.safeToEvict ?? false });
    new batch.v1.CronJob(
      name,
      {
        metadata: {
          name: declared.name,
          namespace: system.namespace,
          labels: labels(system, declared, declared.image),
        },
        spec: {
          schedule,
          timeZone: "Etc/UTC",
          concurrencyPolicy: "Forbid",
          successfulJobsHistoryLimit: 1,
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            metadata: { labels: labels(system, declared, declared.image) },
            spec: {
              activeDeadlineSeconds,
              backoffLimit: 1,
              // A week, where the limits above leave it that long.
              ttlSecondsAfterFinished: 604_800,
              template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } },
            },
          },
        },
      },
      { parent: this, dependsOn: [...account, ...dependencies(opts)] },
    );
    this.registerOutputs({ name: declared.name, schedule });
  }
}
