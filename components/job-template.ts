import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { ConfigFiles, type ConfigFilesDeclaration } from "./config-files";
import { JobQueue, type JobQueueDeclaration, queueLabels } from "./job-queue";
import { keptAnnotations } from "./kept";
import { labels, resourceName, type SystemInstance } from "./labels";
import { type PodDeclaration, podTemplate } from "./pod-template";
import { quotaAnnotations } from "./resource-quota";
import { accountOf } from "./service-account";

/** What a dispatcher creates at run time: a Job whose pods nobody restarts. */
export interface JobTemplateDeclaration extends PodDeclaration {
  /** Seconds that a finished Job is kept for. */
  readonly ttlSecondsAfterFinished: number;
  /** Seconds that its pod may run before it is stopped. The time that a Job waits for a place does not count. */
  readonly activeDeadlineSeconds: number;
  /** How many of its pods may run at a time; more Jobs wait. */
  readonly maxRunning: number;
  /** Where more Jobs wait. Default: nowhere, but until the Job controller tries again, in no order. */
  readonly queue?: JobQueueDeclaration;
  /** How the names of its Jobs begin. Default: with its own name and a dash. */
  readonly generateName?: string;
  /** Jobs that run when the system is destroyed run to their end: their namespace stays, and what they need in it. */
  readonly outlives?: true;
}

export interface JobTemplateWorkload extends JobTemplateDeclaration {
  readonly kind: "job-template";
}

export function jobTemplateWorkload(declared: JobTemplateDeclaration): JobTemplateWorkload {
  return { kind: "job-template", ...declared };
}

/** The Job as the dispatcher finds it in a file: it adds a name and its own variables, and creates it. */
export function jobManifest(system: SystemInstance, declared: JobTemplateWorkload) {
  // Nobody starts it again.
  const safeToEvict = declared.safeToEvict ?? false;
  const template = podTemplate(system, { ...declared, safeToEvict });
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      generateName: declared.generateName ?? `${declared.name}-`,
      labels: { ...labels(system, declared, declared.image), ...queueLabels(declared) },
    },
    spec: {
      backoffLimit: 0,
      ttlSecondsAfterFinished: declared.ttlSecondsAfterFinished,
      // The deadline is that of the pod: a Job's own would run while it waits for a place in the quota.
      template: {
        ...template,
        spec: {
          ...template.spec,
          restartPolicy: "Never",
          // It puts the pod under the quota of pods that end, too.
          activeDeadlineSeconds: declared.activeDeadlineSeconds,
        },
      },
    },
  };
}

interface Limited {
  readonly limits: Readonly<Record<string, string>>;
}

export type JobManifest = ReturnType<typeof jobManifest>;

/** The file that a dispatcher creates its Jobs from. */
export function jobTemplateFile(
  { name }: JobTemplateWorkload,
  manifest: JobManifest,
): ConfigFilesDeclaration {
  return { name: `${name}-job`, files: { "job.json": `${JSON.stringify(manifest, null, 2)}\n` } };
}

export interface JobTemplateArgs {
  readonly system: SystemInstance;
  readonly declared: JobTemplateWorkload;
  readonly manifest: JobManifest;
  /** The manifest as a file (`jobTemplateFile`). */
  readonly file: ConfigFilesDeclaration;
}

/**
 * The Job that a dispatcher may create: as a PodTemplate, so that the policy pack and the API server judge it
 * before the first Job runs; as a file for the dispatcher; with its service account, and a quota on running pods.
 */
export class JobTemplate extends pulumi.ComponentResource {
  constructor(name: string, args: JobTemplateArgs, opts?: pulumi.ComponentResourceOptions) {
    super("muster:index:JobTemplate", name, {}, opts);
    const { system, declared, manifest, file } = args;
    const metadata = { name: declared.name, namespace: system.namespace, labels: labels(system, declared) };
    accountOf(name, args, { parent: this, retainOnDelete: declared.outlives });
    new core.v1.PodTemplate(
      name,
      {
        metadata: { ...metadata, labels: { ...metadata.labels, ...queueLabels(declared) } },
        template: manifest.spec.template,
      },
      { parent: this },
    );
    if (declared.queue && !declared.queue.localQueue) {
      const [main] = manifest.spec.template.spec.containers as { readonly resources: Limited }[];
      new JobQueue(`${name}-queue`, { system, declared, limits: main!.resources.limits }, { parent: this });
    }
    new ConfigFiles(resourceName(system, file.name), { system, declared: file }, { parent: this });
    new core.v1.ResourceQuota(
      name,
      {
        metadata: {
          ...metadata,
          annotations: { ...quotaAnnotations, ...(declared.outlives && keptAnnotations) },
        },
        spec: { scopes: ["Terminating"], hard: { pods: `${declared.maxRunning}` } },
      },
      { parent: this, retainOnDelete: declared.outlives },
    );
    this.registerOutputs({ name: declared.name, maxRunning: declared.maxRunning });
  }
}
