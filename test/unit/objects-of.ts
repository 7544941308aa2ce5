import type { SystemDeclaration } from "../../components/declaration";
import type { DeclaredResource } from "../../components/declared-resource";
import { declaredResources } from "../../components/declared-resources";
import { System, type SystemArgs } from "../../components/system";
import { systemGraph } from "../../components/system-graph";

/** The Kubernetes objects of a declared system, by kind and name, and the resource that each of them is. */
export async function objectsOf(declared: SystemDeclaration, args: Partial<SystemArgs> = {}) {
  const made = await declaredResources({ project: "shop", stack: "test" }, () => {
    const secrets = { values: { "mail-token": "given" }, missing: [], generated: {} };
    new System(declared.name, { stack: "test", declared: systemGraph(declared), secrets, ...args });
  });
  const objects = made.filter(({ type }) => type.startsWith("kubernetes:"));
  const resource = (kind: string, name: string) => objects.find(({ inputs }) => isNamed(inputs, kind, name));
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they know is there
  const object = (kind: string, name: string) => resource(kind, name)?.inputs as any;
  /** Names of all of a kind. */
  const names = (kind: string) =>
    objects.flatMap(({ inputs }) => (inputs.kind === kind ? (inputs.metadata as { name: string }).name : []));
  return { object, resource, names, objects };
}

function isNamed(inputs: DeclaredResource["inputs"], kind: string, name: string): boolean {
  return inputs.kind === kind && (inputs.metadata as { name: string }).name === name;
}
