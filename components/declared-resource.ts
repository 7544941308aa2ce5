import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest, RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";

/** A resource as a program declares it, before anything of it is made. */
export interface DeclaredResource {
  readonly urn: string;
  /** Type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Name in Pulumi's state. */
  readonly name: string;
  /** Whether a provider makes it; false of a component, which groups others. */
  readonly custom: boolean;
  /** What it is made of. A value that only an update makes known is `unknown`, a secret one `secret`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** URNs that it had before. */
  readonly aliases: readonly string[];
  readonly retainOnDelete: boolean;
}

/** Where a resource is registered. */
export interface Stack {
  readonly project: string;
  readonly stack: string;
}

/** Stands for a value that is not known before an update: a generated password, or what contains one. */
const unknown = "[unknown]";
/** Stands for a value that nothing may show. */
export const secret = "[secret]";

/** Whether something stands in the place of the value itself. */
export function isWithheld(value: unknown): boolean {
  return value === unknown || value === secret;
}

/** The resource that a program asks the engine to register. */
export function declaredBy(request: RegisterResourceRequest, stack: Stack): DeclaredResource {
  const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
  const object = request.getObject()!;
  const given = object.toJavaScript();
  // It is read again as an answer, and is the same.
  object.toJavaScript = () => given;
  return {
    urn: urnOf({ type, name, parent }, stack),
    type,
    name,
    custom: request.getCustom(),
    inputs: shown(given) as Record<string, unknown>,
    aliases: [
      ...request.getAliasurnsList(),
      ...request.getAliasesList().map((alias) => aliasUrn(alias, { type, name, parent }, stack)),
    ],
    retainOnDelete: request.getRetainondelete() ?? false,
  };
}

/** What the engine would answer, had a provider nothing to add: outputs that one makes up are unknown. */
export function answerAsGiven(request: RegisterResourceRequest, urn: string): RegisterResourceResponse {
  const response: RegisterResourceResponse = new RegisteredResponse();
  response.setUrn(urn);
  response.setObject(request.getObject());
  return response;
}

const { RegisterResourceResponse: RegisteredResponse } = require("@pulumi/pulumi/proto/resource_pb");

interface Named {
  readonly type: string;
  readonly name: string;
  /** URN; empty where there is none. */
  readonly parent: string;
}

function urnOf({ type, name, parent }: Named, { project, stack }: Stack): string {
  const above = parent.split("::")[2];
  const types = above === undefined || above === "pulumi:pulumi:Stack" ? type : `${above}$${type}`;
  return `urn:pulumi:${stack}::${project}::${types}::${name}`;
}

/** By URN, or by what was different: it is the rest of the resource that has it. */
type Alias = {
  getUrn(): string;
  getSpec():
    | { getType(): string; getName(): string; getParenturn(): string; getNoparent(): boolean }
    | undefined;
};

function aliasUrn(alias: Alias, own: Named, stack: Stack): string {
  const spec = alias.getSpec();
  if (!spec) return alias.getUrn();
  const parent = spec.getNoparent() ? "" : spec.getParenturn() || own.parent;
  return urnOf({ type: spec.getType() || own.type, name: spec.getName() || own.name, parent }, stack);
}

const { unknownValue, specialSigKey, specialSecretSig } = pulumi.runtime as unknown as Record<string, string>;

/** As people may see it. */
function shown(value: unknown): unknown {
  if (value === unknownValue) return unknown;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if ((value as Record<string, unknown>)[specialSigKey!] === specialSecretSig) return secret;
  return Object.fromEntries(entries.map(([key, each]) => [key, shown(each)]));
}
