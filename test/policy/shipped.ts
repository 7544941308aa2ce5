import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { manifests } from "../../commands/policy/manifests";
import { Field, unknown } from "../../policies/field";
import { Resource } from "../../policies/resource";

const golden = join(__dirname, "../unit/golden");

/** The objects of a stack that Muster ships, as its program declares them in the preview of a fresh stack. */
export function shippedObjects(stack: string): Resource[] {
  const files = readdirSync(join(golden, stack)).filter((file) => file.endsWith(".yaml"));
  return files.flatMap((file) =>
    manifests(readFileSync(join(golden, stack, file), "utf8"), file).map(
      ({ resource: { type, body } }) => new Resource(type, "", new Field(withUnknowns(body.value)), "pulumi"),
    ),
  );
}

function withUnknowns(value: unknown): unknown {
  if (value === "[unknown]") return unknown;
  if (Array.isArray(value)) return value.map(withUnknowns);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withUnknowns(each)]));
}
