import type { Field } from "./field";
import { KubernetesObject, type Source } from "./kubernetes-object";

/** What a program registers, or a file holds: of Kubernetes, the objects in it. */
export class Resource {
  /** The Kubernetes objects: none, one, or those of a list. */
  readonly objects: readonly KubernetesObject[];

  private anyPods?: boolean;

  constructor(
    /** Pulumi's type token, as in `kubernetes:apps/v1:Deployment`. */
    readonly type: string,
    /** Its name in the program. */
    readonly name: string,
    readonly body: Field,
    readonly source: Source = "pulumi",
  ) {
    this.objects = objectsIn(this);
  }

  get holdsPods(): boolean {
    this.anyPods ??= this.objects.some(({ pods }) => pods.length > 0);
    return this.anyPods;
  }

  /** As exemptions and messages name it: the object, where it is one, else kind and name in the program. */
  get label(): string {
    const [only, ...others] = this.objects;
    return only && others.length === 0 ? only.label : `${this.type.split(":").at(-1)} ${this.name}`;
  }
}

/** Components of Pulumi's provider, which register their objects or render them unseen, and Terraform's provider. */
const notObjects = /^(yaml|kustomize|helm\.sh|index)(\/|$)/;

function objectsIn({ type, name, body, source }: Resource): KubernetesObject[] {
  const [provider, group = "", kind = ""] = type.split(":");
  if (provider !== "kubernetes" || kind === "" || notObjects.test(group)) return [];
  const apiVersion = group.replace(/^core\//, "");
  const isPatch = kind.endsWith("Patch") && body.at("kind").value !== kind;
  const kindOfObject = isPatch ? kind.slice(0, -"Patch".length) : kind;
  if (!kindOfObject.endsWith("List") || !body.at("items").isSet)
    return [new KubernetesObject(apiVersion, kindOfObject, body, { fallbackName: name, isPatch, source })];
  return body
    .at("items")
    .items()
    .map((item, index) => {
      // Items of a typed list need not repeat what they are.
      const itemKind = item.at("kind").text ?? kindOfObject.slice(0, -"List".length);
      const itemVersion = item.at("apiVersion").text ?? apiVersion;
      return new KubernetesObject(itemVersion, itemKind, item, { fallbackName: `${name}-${index}`, source });
    });
}
