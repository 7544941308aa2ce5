import * as pulumi from "@pulumi/pulumi";
import { admissionPolicy } from "./admission-policy";
import { everyContainer, type Requirement } from "./admission-requirement";
import { imageRequirements } from "./image-terms";
import type { SystemInstance } from "./labels";

/** A pod with this label is let in whatever it lacks; its value says why, such as the number of an incident. */
export const breakGlass = "muster.dev/break-glass";

/** The end of the policy's name, after the namespace. */
export const podPolicySuffix = "pods";

/**
 * Asks of every pod in a system's namespace what the policy pack asks of those that Pulumi declares, whoever creates
 * it: kubectl, an operator, a Job. The Pod Security Standard `restricted`, which the namespace enforces, asks for
 * neither limits nor a read-only root file system. Of images it asks what the stack's config does. Who has to get a pod in all the same says why in a label, and the
 * API server's audit log has it.
 */
export class PodAdmission extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system }: { readonly system: SystemInstance },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:PodAdmission", name, {}, opts);
    const images = imageRequirements(system.images ?? {}, {
      spec: "object.spec",
      field: "spec.containers[*].image",
      unless: 'variables.reason != ""',
      before: "oldObject.spec",
    });
    admissionPolicy(
      name,
      {
        system,
        suffix: podPolicySuffix,
        labels: {
          "app.kubernetes.io/part-of": system.name,
          "app.kubernetes.io/instance": system.stack,
          "app.kubernetes.io/managed-by": "muster",
        },
        // The image of a pod that runs may be changed, and one to debug with added; all else of it stays.
        requests:
          images.requirements.length > 0
            ? {
                apiGroup: "",
                resource: "pods",
                subresources: ["ephemeralcontainers"],
                operations: ["CREATE", "UPDATE"],
              }
            : { apiGroup: "", resource: "pods", operations: ["CREATE"] },
        variables: {
          reason: `object.metadata.?labels[?"${breakGlass}"].orValue("")`,
          containers:
            'variables.reason != "" || oldObject != null ? [] : object.spec.containers + object.spec.?initContainers.orValue([])',
          ...images.variables,
        },
        requirements: [...requirements, ...images.requirements],
        auditAnnotations: [
          {
            key: "break-glass",
            valueExpression:
              'variables.reason == "" ? "" : request.userInfo.username + ": " + variables.reason',
          },
        ],
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

// By the names of the rules of the policy pack that ask the same.
const requirements: readonly Requirement[] = [
  ...(["requests", "limits"] as const).map((side) =>
    everyContainer({
      id: `resource-${side}`,
      field: `spec.containers[*].resources.${side}`,
      holds: `["cpu", "memory"].all(r, r in c.?resources.?${side}.orValue({}))`,
      foundIn: 'c.name + " without all of them"',
      allowed: "cpu and memory",
    }),
  ),
  everyContainer({
    id: "read-only-root-filesystem",
    field: "spec.containers[*].securityContext.readOnlyRootFilesystem",
    holds: "c.?securityContext.?readOnlyRootFilesystem.orValue(false)",
    foundIn: 'c.name + " without it"',
    allowed: "true",
  }),
];
