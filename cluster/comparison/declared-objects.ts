import type * as pulumi from "@pulumi/pulumi";
import { declaredResources, secret } from "../../components/declared-resources";
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
  stack: { readonly project: string; readonly stack: string },
  program: (noting: pulumi.ResourceTransformation) => void,
): Promise<DeclaredObject[]> {
  const texts = new Map<string, Promise<object>>();
  const noting: pulumi.ResourceTransformation = ({ type, name, props: { stringData } }) => {
    if (type === "kubernetes:core/v1:Secret" && stringData) texts.set(name, inPart(stringData));
    return undefined;
  };
  const resources = await declaredResources(stack, () => program(noting));
  return Promise.all(
    resources
      .filter(({ type, custom }) => custom && type.startsWith("kubernetes:"))
      .map(async ({ urn, aliases, type, name, inputs, retainOnDelete }) => {
        const manifest = inputs as unknown as KubernetesObject;
        const keys = Object.keys((await texts.get(name)) ?? {});
        return {
          urns: [urn, ...aliases],
          resource: resourceKey(type, name),
          manifest: manifest.kind === "Secret" ? withKeys(manifest, keys) : manifest,
          isKept: retainOnDelete,
        };
      }),
  );
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
