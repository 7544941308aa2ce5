import { describe, expect, test } from "vitest";
import { examine, examineStack, type Finding } from "../../policies/examine";
import { Field, unknown } from "../../policies/field";
import { Resource } from "../../policies/resource";
import { settingsOf } from "../../policies/settings";
import { Stack } from "../../policies/stack";
import { allRules, type Json } from "./objects";
import { shippedObjects } from "./shipped";

// What a program writes may be anything: rules look at it and do not fall over it.

const shipped = shippedObjects("prod");
/** The smallest object of each kind. */
const kinds = [
  ...new Map(
    [...shipped].sort((a, b) => size(b) - size(a)).map((resource) => [resource.type, resource]),
  ).values(),
];

function size({ body }: Resource): number {
  return JSON.stringify(body.value).length;
}

/** What the rules say of an object among others. */
function judged(resource: Resource, others: readonly Resource[]): Finding[] {
  const stack = new Stack([resource, ...others]);
  return allRules.flatMap((rule) => {
    const settings = settingsOf(rule, {});
    return rule.checkStack ? examineStack(rule, stack, settings) : examine(rule, resource, settings);
  });
}

/** The object with one of its fields replaced, for each of its fields. */
function* changed(value: unknown, by: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    const copy = Array.isArray(value) ? [...value] : { ...value };
    Reflect.set(copy, key, by);
    yield copy;
    for (const inner of changed(Reflect.get(value, key), by)) {
      const outer = Array.isArray(value) ? [...value] : { ...value };
      Reflect.set(outer, key, inner);
      yield outer;
    }
  }
}

describe.each(kinds.map(({ type }) => type))("a %s", (type) => {
  const { body } = kinds.find((each) => each.type === type)!;
  const { namespace } = kinds.find((each) => each.type === type)!.objects[0]!;
  const others = shipped
    .filter((each) => each.type !== type && each.objects[0]!.namespace === namespace)
    .slice(0, 10);

  test.each([
    ["not known", unknown],
    ["a text", "x"],
    ["a list of texts", ["x"]],
    ["an empty object", {}],
  ])("with any of its fields %s is judged", (_, by) => {
    let count = 0;
    for (const value of changed(body.value, by)) {
      const resource = new Resource(type, "main", new Field(value as Json));
      // Each finding has a place and says what is there.
      for (const { field } of judged(resource, others)) expect(`${field.path} ${field}`).toMatch(/\S/);
      count++;
    }
    expect(count).toBeGreaterThan(0);
  });
});
