import * as pulumi from "@pulumi/pulumi";
import { type Replicated, replicated } from "./replicated";
import type { WorkloadArgs } from "./workload-args";

/** A workload that answers nobody: it takes its work from a queue, a clock or elsewhere. */
export interface WorkerWorkload extends Replicated {
  readonly kind: "worker";
}

export function workerWorkload(declared: Replicated): WorkerWorkload {
  return { kind: "worker", ...declared };
}

/** A replicated Deployment that nothing reaches. */
export class Worker extends pulumi.ComponentResource {
  constructor(name: string, args: WorkloadArgs<WorkerWorkload>, opts: pulumi.ComponentResourceOptions = {}) {
    super("muster:index:Worker", name, {}, opts);
    replicated(name, args, { parent: this, dependsOn: opts.dependsOn });
    this.registerOutputs({ name: args.declared.name, image: args.declared.image });
  }
}
