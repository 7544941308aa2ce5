import { admissionregistration } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { validation } from "./admission-requirement";
import { type JobManifest, jobParts, jobRequirements, ofTheSameKind } from "./job-requirements";
import { type Home, labels, resourceName } from "./labels";

export interface JobAdmissionArgs {
  /** The dispatcher that is bound, by its name, which is that of its service account too. */
  readonly dispatcher: string;
  /** The Job that it may create. */
  readonly job: JobManifest;
}

/**
 * Bounds what a dispatcher does with Jobs, at the API server. It takes its orders from chats, tickets and language
 * models, so somebody else has to say that it creates its own kind of Job and nothing else. The bounds are made from
 * the template that the dispatcher is given. Whatever others do with Jobs is not looked at.
 */
export class JobAdmission extends pulumi.ComponentResource {
  constructor(home: Home, { dispatcher, job }: JobAdmissionArgs, opts: pulumi.ComponentResourceOptions) {
    const resource = resourceName(home, `${dispatcher}-jobs`);
    super("muster:index:JobAdmission", resource, {}, opts);
    // Policies are objects of the whole cluster, in which a namespace is there once.
    const name = pulumi.interpolate`${home.namespace}-${dispatcher}-jobs`;
    const metadata = { name, labels: labels(home, { name: dispatcher }) };
    const account = pulumi.interpolate`system:serviceaccount:${home.namespace}:${dispatcher}`;
    const policy = (part: string, operations: string[], validations: ReturnType<typeof validation>[]) => {
      const { metadata: made } = new admissionregistration.v1.ValidatingAdmissionPolicy(
        `${resource}-${part}`,
        {
          metadata: { ...metadata, name: pulumi.interpolate`${name}-${part}` },
          spec: {
            failurePolicy: "Fail",
            matchConstraints: {
              namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": home.namespace } },
              resourceRules: [{ apiGroups: ["batch"], apiVersions: ["v1"], resources: ["jobs"], operations }],
            },
            matchConditions: [
              {
                name: "by-the-dispatcher",
                expression: pulumi.interpolate`request.userInfo.username == "${account}"`,
              },
            ],
            variables: operations.includes("DELETE")
              ? []
              : Object.entries(jobParts).map(([name, expression]) => ({ name, expression })),
            validations,
          },
        },
        { parent: this },
      );
      new admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        `${resource}-${part}`,
        {
          metadata: { ...metadata, name: pulumi.interpolate`${name}-${part}` },
          spec: { policyName: made.name, validationActions: ["Deny", "Audit"] },
        },
        { parent: this },
      );
    };
    policy("kind", ["CREATE", "UPDATE"], jobRequirements(job).map(validation));
    policy("owner", ["UPDATE", "DELETE"], [validation(ofTheSameKind(job))]);
    this.registerOutputs({ name });
  }
}
