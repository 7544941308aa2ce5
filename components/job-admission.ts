import * as pulumi from "@pulumi/pulumi";
import { admissionPolicy } from "./admission-policy";
import { imageRequirements } from "./image-terms";
import { type JobManifest, jobParts, jobRequirements, ofTheSameKind } from "./job-requirements";
import { labels, type SystemInstance } from "./labels";
import { type Accounted, accountName } from "./service-account";

export interface JobAdmissionArgs {
  readonly system: SystemInstance;
  /** The dispatcher that is bound: its service account is who it is known by. */
  readonly dispatcher: Accounted;
  /** The Job that it may create. */
  readonly job: JobManifest;
}

/**
 * Bounds what a dispatcher does with Jobs, at the API server. It takes its orders from chats, tickets and language
 * models, so somebody else has to say that it creates its own kind of Job and nothing else. The bounds are made from
 * the template that the dispatcher is given. Whatever others do with Jobs is not looked at.
 */
export class JobAdmission extends pulumi.ComponentResource {
  constructor(name: string, args: JobAdmissionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("muster:index:JobAdmission", name, {}, opts);
    const { system, dispatcher, job } = args;
    const jobs = { apiGroup: "batch", resource: "jobs", by: accountName(dispatcher) };
    const common = { system, labels: labels(system, dispatcher) };
    const images = imageRequirements(system.images ?? {}, {
      spec: "variables.pod",
      field: "spec.template.spec.containers[*].image",
    });
    admissionPolicy(
      `${name}-kind`,
      {
        ...common,
        suffix: `${dispatcher.name}-jobs`,
        requests: { ...jobs, operations: ["CREATE", "UPDATE"] },
        variables: { ...jobParts, ...images.variables },
        requirements: [...jobRequirements(job), ...images.requirements],
      },
      { parent: this },
    );
    // Apart, since a Job that is deleted has nothing to ask the above of.
    admissionPolicy(
      `${name}-own`,
      {
        ...common,
        suffix: `${dispatcher.name}-own-jobs`,
        requests: { ...jobs, operations: ["UPDATE", "DELETE"] },
        requirements: [ofTheSameKind(job)],
      },
      { parent: this },
    );
    this.registerOutputs({ dispatcher: dispatcher.name });
  }
}
