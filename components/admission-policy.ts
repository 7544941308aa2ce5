import type * as k8s from "@pulumi/kubernetes";
import { admissionregistration } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Requirement, validation } from "./admission-requirement";
import type { SystemInstance } from "./labels";

/** Which requests in a system's namespace the API server looks at, and what it asks of them. */
export interface AdmissionPolicyArgs {
  readonly system: SystemInstance;
  /** The end of its name, after the namespace: policies are objects of the whole cluster. */
  readonly suffix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly requests: {
    readonly apiGroup: string;
    readonly resource: string;
    readonly operations: readonly ("CREATE" | "UPDATE" | "DELETE")[];
    /** Of these requests, those by the service account of this name. Default: all. */
    readonly by?: string;
  };
  /** CEL expressions that several requirements share, by name. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly requirements: readonly Requirement[];
  readonly auditAnnotations?: k8s.types.input.admissionregistration.v1.AuditAnnotation[];
}

/** A ValidatingAdmissionPolicy that refuses, and its binding. */
export function admissionPolicy(
  name: string,
  { system, suffix, labels, requests, variables = {}, requirements, auditAnnotations }: AdmissionPolicyArgs,
  opts: pulumi.CustomResourceOptions,
): admissionregistration.v1.ValidatingAdmissionPolicyBinding {
  const { apiGroup, resource, operations, by } = requests;
  const metadata = { name: pulumi.interpolate`${system.namespace}-${suffix}`, labels };
  const account = pulumi.interpolate`system:serviceaccount:${system.namespace}:${by}`;
  const policy = new admissionregistration.v1.ValidatingAdmissionPolicy(
    name,
    {
      metadata,
      spec: {
        failurePolicy: "Fail",
        // Whole, with the API server's defaults: it is one field, and an `up` after a killed one applies it again.
        matchConstraints: {
          matchPolicy: "Equivalent",
          objectSelector: {},
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": system.namespace } },
          resourceRules: [
            {
              apiGroups: [apiGroup],
              apiVersions: ["v1"],
              resources: [resource],
              operations: [...operations],
              scope: "*",
            },
          ],
        },
        matchConditions: by
          ? [{ name: "by", expression: pulumi.interpolate`request.userInfo.username == "${account}"` }]
          : undefined,
        variables: Object.entries(variables).map(([name, expression]) => ({ name, expression })),
        validations: requirements.map(validation),
        auditAnnotations,
      },
    },
    opts,
  );
  return new admissionregistration.v1.ValidatingAdmissionPolicyBinding(
    name,
    { metadata, spec: { policyName: policy.metadata.name, validationActions: ["Deny", "Audit"] } },
    opts,
  );
}
