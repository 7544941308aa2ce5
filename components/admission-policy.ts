import type * as k8s from "@pulumi/kubernetes";
import { admissionregistration } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Requirement, validation } from "./admission-requirement";
import type { SystemInstance } from "./labels";

/** Requests in a system's namespace. */
export interface Requests {
  readonly apiGroup: string;
  readonly resource: string;
  /** Of the resource, as in `ephemeralcontainers`. Default: none. */
  readonly subresources?: readonly string[];
  readonly operations: readonly ("CREATE" | "UPDATE" | "DELETE")[];
  /** Of these requests, those by the service account of this name. Default: all. */
  readonly by?: string;
}

/** Which requests in a system's namespace the API server looks at, and what it asks of them. */
export interface AdmissionPolicyArgs {
  readonly system: SystemInstance;
  /** The end of its name, after the namespace. */
  readonly suffix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly requests: Requests;
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
  const metadata = policyMetadata(system, suffix, labels);
  const policy = new admissionregistration.v1.ValidatingAdmissionPolicy(
    name,
    {
      metadata,
      spec: {
        failurePolicy: "Fail",
        ...requestsBy(system, requests),
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

/** By its namespace: policies are objects of the whole cluster. */
export function policyMetadata(
  { namespace }: SystemInstance,
  suffix: string,
  labels: AdmissionPolicyArgs["labels"],
) {
  return { name: pulumi.interpolate`${namespace}-${suffix}`, labels };
}

/** The requests, as policies of both kinds have them. */
export function requestsBy(
  { namespace }: SystemInstance,
  { apiGroup, resource, subresources = [], operations, by }: Requests,
) {
  const account = pulumi.interpolate`system:serviceaccount:${namespace}:${by}`;
  return {
    // Whole, with the API server's defaults: it is one field, and an `up` after a killed one applies it again.
    matchConstraints: {
      matchPolicy: "Equivalent",
      objectSelector: {},
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
      resourceRules: [
        {
          apiGroups: [apiGroup],
          apiVersions: ["v1"],
          resources: [resource, ...subresources.map((each) => `${resource}/${each}`)],
          operations: [...operations],
          scope: "*",
        },
      ],
    },
    matchConditions: by
      ? [{ name: "by", expression: pulumi.interpolate`request.userInfo.username == "${account}"` }]
      : undefined,
  };
}
