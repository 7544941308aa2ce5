import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { imageTag } from "./image";
import type { ImageTerms } from "./image-terms";

/** One system in one stack: what names, labels and places whatever is made of it. */
export interface SystemInstance {
  /** The system's name: `app.kubernetes.io/part-of`. */
  readonly name: string;
  /** The stack's name: `app.kubernetes.io/instance`. */
  readonly stack: string;
  /** Name of the namespace. An Output of the Namespace object, so that everything in it comes after it. */
  readonly namespace: pulumi.Input<string>;
  /** When nodes pull the system's own images. */
  readonly imagePullPolicy: ImagePullPolicy;
  /** Whether the API server is given policies for what is made here by others than Pulumi. */
  readonly admissionPolicies: boolean;
  /** What these policies ask of images. Default: nothing. */
  readonly images?: ImageTerms;
  /** The API of MutatingAdmissionPolicy, by which dispatchers' Jobs are completed. Absent: the cluster has none. */
  readonly mutatingPolicyApi?: string;
  /** Who says which user pods run as. Default: their declaration. */
  readonly userIds?: UserIds;
}

/** The declaration of a workload; or its namespace, which on OpenShift has a range of its own. */
export type UserIds = "declaration" | "namespace";

export type ImagePullPolicy = "Always" | "IfNotPresent" | "Never";

/** Name of a resource in Pulumi's state: unique in a stack of many systems, and part of its URN for good. */
export function resourceName({ name: system }: Pick<SystemInstance, "name">, name: string): string {
  return name === system || name.startsWith(`${system}-`) ? name : `${system}-${name}`;
}

/** What labels are made of: the name of an object, and the part of the system that it belongs to. */
export interface Labelled {
  /** `app.kubernetes.io/name`, and the name of its objects. */
  readonly name: string;
  /** `app.kubernetes.io/component`, where people select on another than the name. Default: the name. */
  readonly component?: string;
  /** Labels beside the recommended ones, by which people know its objects. No selector holds them. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The recommended labels of Kubernetes, on everything that Muster makes; the version on what runs an image. */
export function labels(system: SystemInstance, labelled: Labelled, image?: string) {
  return {
    ...labelled.labels,
    "app.kubernetes.io/name": labelled.name,
    ...selector(system, labelled),
    "app.kubernetes.io/managed-by": "muster",
    ...(image ? { "app.kubernetes.io/version": version(image) } : {}),
  };
}

/** The labels that never change while a workload lives: the only ones a selector may hold. */
export function selector(system: SystemInstance, { name, component = name }: Labelled) {
  return {
    "app.kubernetes.io/instance": system.stack,
    "app.kubernetes.io/part-of": system.name,
    "app.kubernetes.io/component": component,
  };
}

// A tag may hold what a label value may not ("_" at its end, 128 characters): then its hash stands for it.
function version(image: string): string {
  const tag = imageTag(image);
  return /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(tag)
    ? tag
    : createHash("sha256").update(tag).digest("hex").slice(0, 12);
}
