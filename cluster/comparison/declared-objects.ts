import type * as pulumi from "@pulumi/pulumi";
import { type DeclaredResource, type Stack, secret } from "../../components/declared-resource";
import { declaredResources } from "../../components/declared-resources";
import type { KubernetesObject } from "../api-server";

/** A Kubernetes object as a stack declares it. */
export interface DeclaredObject {
  /** The resource in Pulumi's record: its URN, and those that it had before. */
  readonly urns: readonly string[];
  /** What names the resource in the program: its type and name. */
  readonly resource: string;
  readonly manifest: KubernetesObject;
  /** Whether `destroy` leaves it. Default: it does not. */
  readonly isKept?: boolean;
}

/** A declared object and the live one of its name. */
export interface Found {
  readonly object: DeclaredObject;
  readonly live: KubernetesObject;
}

/** The Kubernetes objects that a program would register, each as the API server has it. */
export async function declaredObjects(
  stack: Stack,
  program: (noting: pulumi.ResourceTransformation) => void,
): Promise<DeclaredObject[]> {
  const reader = new DeclaredObjects();
  const resources = await declaredResources(stack, () => program(reader.noting));
  return Promise.all(resources.filter(isKubernetesObject).map((each) => reader.of(each)));
}

export function isKubernetesObject({ type, custom }: Pick<DeclaredResource, "type" | "custom">): boolean {
  return custom && type.startsWith("kubernetes:");
}

/** Reads objects out of the resources of a program that runs with `noting`. */
export class DeclaredObjects {
  private readonly texts = new Map<string, Promise<object>>();

  readonly noting: pulumi.ResourceTransformation = ({ type, name, props: { stringData } }) => {
    if (type === "kubernetes:core/v1:Secret" && stringData) this.texts.set(name, inPart(stringData));
    return undefined;
  };

  async of({ urn, aliases, type, name, inputs, retainOnDelete }: DeclaredResource): Promise<DeclaredObject> {
    const manifest = inputs as unknown as KubernetesObject;
    const keys = Object.keys((await this.texts.get(name)) ?? {});
    return {
      urns: [urn, ...aliases],
      resource: resourceKey(type, name),
      manifest: manifest.kind === "Secret" ? withKeys(manifest, keys) : manifest,
      isKept: retainOnDelete,
    };
  }
}

/** The value of an output of which only parts are known. What is registered of it is unknown as a whole. */
function inPart(output: unknown): Promise<object> {
  return (output as { promise(withUnknowns: true): Promise<object> }).promise(true);
}

/** A Secret as the API server keeps it: what is given as text as data. */
function withKeys({ stringData, ...manifest }: KubernetesObject, keys: readonly string[]): KubernetesObject {
  const data = Object.fromEntries(keys.map((key) => [key, secret]));
  return keys.length > 0 ? { ...manifest, data } : manifest;
}

export function resourceKey(type: string, name: string): string {
  return `${type} ${name}`;
}
