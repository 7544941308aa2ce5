import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { imageTag } from "./image";

/** Where a workload lives: the facts that its labels, selectors and names are made of. */
export interface Home {
  /** The system's name: `app.kubernetes.io/part-of`. */
  readonly system: string;
  /** The stack's name: `app.kubernetes.io/instance`. */
  readonly stack: string;
  /** Name of the namespace. An Output of the Namespace object, so that everything in it comes after it. */
  readonly namespace: pulumi.Input<string>;
}

/** Name of a resource in Pulumi's state: unique in a stack of many systems, and part of its URN for good. */
export function resourceName({ system }: { readonly system: string }, name: string): string {
  return name === system || name.startsWith(`${system}-`) ? name : `${system}-${name}`;
}

/** What labels are made of: the name of an object, and the part of the system that it belongs to. */
export interface Labelled {
  /** `app.kubernetes.io/name`, and the name of its objects. */
  readonly name: string;
  /** `app.kubernetes.io/component`, where people select on another than the name. Default: the name. */
  readonly component?: string;
}

/** The recommended labels of Kubernetes, on everything that Muster makes; the version on what runs an image. */
export function labels(home: Home, of: Labelled, image?: string) {
  return {
    "app.kubernetes.io/name": of.name,
    ...selector(home, of),
    "app.kubernetes.io/managed-by": "muster",
    ...(image ? { "app.kubernetes.io/version": version(image) } : {}),
  };
}

/** The labels that never change while a workload lives: the only ones a selector may hold. */
export function selector(home: Home, { name, component = name }: Labelled) {
  return {
    "app.kubernetes.io/instance": home.stack,
    "app.kubernetes.io/part-of": home.system,
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
