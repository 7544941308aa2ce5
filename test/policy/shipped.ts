import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { manifests } from "../../commands/policy/manifests";
import { Field } from "../../policies/field";
import { Resource } from "../../policies/resource";
import { declaredSystems, type SystemName } from "../../systems";
import { configOf, resourcesOf } from "../unit/shipped-stack";
import { withUnknowns } from "./unknowns";

const golden = join(__dirname, "../unit/golden");

/** The objects of a stack that Muster ships, as its program declares them in the preview of a fresh stack. */
export function shippedObjects(stack: string): Resource[] {
  const files = readdirSync(join(golden, stack)).filter((file) => file.endsWith(".yaml"));
  return files.flatMap((file) =>
    manifests(readFileSync(join(golden, stack, file), "utf8"), file).map(({ resource: { type, body } }) =>
      asDeclared(type, body.value),
    ),
  );
}

/** The same of a system of the stack whose file has another text. */
export async function changedObjects(stack: string, name: SystemName, text: string): Promise<Resource[]> {
  const system = declaredSystems(configOf(stack, text)).find(({ declared }) => declared.name === name)!;
  const resources = await resourcesOf(system, stack);
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(({ type, inputs }) => asDeclared(type, inputs));
}

function asDeclared(type: string, body: unknown): Resource {
  return new Resource(type, "", new Field(withUnknowns(body)), "pulumi");
}
