import { createHash } from "node:crypto";
import { batch } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { filesDigest } from "./config-files";
import { dependencies } from "./dependencies";
import { isExternal } from "./edge";
import { labels } from "./labels";
import { type PodDeclaration, podTemplate } from "./pod-template";
import { accountOf } from "./service-account";
import type { WorkloadArgs } from "./workload-args";

/** What runs once to its end, before those that come after it: a migration, a build of static files. */
export interface JobDeclaration extends PodDeclaration {
  /** Seconds after which it is stopped and has failed. */
  readonly activeDeadlineSeconds: number;
  /** How many failed pods are replaced before it has failed. */
  readonly backoffLimit: number;
  /** Runs again after each roll-out in its system, too. Default: false. */
  readonly afterRollouts?: boolean;
}

export interface JobWorkload extends JobDeclaration {
  readonly kind: "job";
}

export function jobWorkload(declared: JobDeclaration): JobWorkload {
  return { kind: "job", ...declared };
}

export interface JobArgs extends Omit<WorkloadArgs<JobWorkload>, "secretDigest"> {
  /** The pod templates that are rolled out in its system: with any other it runs again. Default: none. */
  readonly podTemplates?: readonly unknown[];
}

/**
 * A Job that is waited for until it is complete. A Job cannot be changed, so its name holds a digest of what it
 * runs: it runs again when that changes, and not otherwise. A failed one is replaced by the next `up`.
 */
export class Job extends pulumi.ComponentResource {
  constructor(name: string, args: JobArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("muster:index:Job", name, {}, opts);
    const { system, declared, hooks, podTemplates } = args;
    const { activeDeadlineSeconds, backoffLimit } = declared;
    const account = accountOf(name, args, { parent: this });
    // Ended by force, it would begin again, or have failed.
    const safeToEvict = declared.safeToEvict ?? false;
    const template = podTemplate(system, { ...declared, safeToEvict });
    new batch.v1.Job(
      name,
      {
        metadata: {
          name: `${declared.name}-${contentDigest(declared, podTemplates)}`,
          namespace: system.namespace,
          labels: labels(system, declared, declared.image),
          annotations: {
            "pulumi.com/replaceUnready": "true",
            "pulumi.com/timeoutSeconds": `${activeDeadlineSeconds + 30}`,
          },
        },
        spec: {
          activeDeadlineSeconds,
          backoffLimit,
          template: {
            metadata: {
              ...template.metadata,
              annotations: {
                ...template.metadata.annotations,
                ...(podTemplates && { "muster.dev/rollouts": digestOf(podTemplates) }),
              },
            },
            spec: { ...template.spec, restartPolicy: "Never" },
          },
        },
      },
      { parent: this, dependsOn: [...account, ...dependencies(opts)], hooks: hooks?.job },
    );
    this.registerOutputs({ name: declared.name, image: declared.image });
  }
}

/** What decides whether it runs again: image, command, what it uses, and every variable and file that is no secret. */
export function contentDigest(declared: JobWorkload, podTemplates: readonly unknown[] = []): string {
  const { image, command, args, environment, environmentFrom, mounts, uses } = declared;
  const sources = [...(environmentFrom ?? []), ...(mounts ?? []).map((each) => each.from)];
  // Of what others run, the host is in its words.
  const used = uses.map((edge) => (isExternal(edge) ? [edge.what, edge.ports] : edge.name));
  const files = filesDigest(sources.filter((each) => "files" in each));
  const runs = [image, command, args, environment, files, used, ...podTemplates];
  return createHash("sha256").update(JSON.stringify(runs, withoutOutputs)).digest("hex").slice(0, 8);
}

/** Names are known before an update. What is not, such as a digest of secrets, is in the digest of all. */
function withoutOutputs(this: Record<string, unknown>, key: string, value: unknown): unknown {
  // The value itself is what an Output says of being written so.
  return pulumi.Output.isInstance(this[key]) ? undefined : value;
}

function digestOf(podTemplates: readonly unknown[]): pulumi.Output<string> {
  const text = pulumi.jsonStringify(podTemplates);
  return text.apply((all) => createHash("sha256").update(all).digest("hex").slice(0, 16));
}
