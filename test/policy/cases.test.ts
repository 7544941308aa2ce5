import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Rule } from "../../policies/rule";
import { rules } from "../../policies/rules";
import { casesOf, policies } from "./cases";

/** Rules that look at objects of some kinds. Those that look at pods do so whatever object has them. */
function isOfKinds({ id, requires, checkPod, checkContainer }: Rule): boolean {
  return !(requires || checkPod || checkContainer || ["liveness-patience", "spread"].includes(id));
}

describe.each(Object.entries(rules))("%s", (group, listed) => {
  test.each(listed.map((rule) => [rule.id, rule] as const))("%s refuses what its cases say", (_, rule) => {
    const { expected, found, fields, passed } = casesOf(group, rule);
    expect(found, fields.join("\n")).toEqual(expected);
    // A rule that refuses nothing, or everything, is none.
    expect(found).not.toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });

  test.each(listed.filter(isOfKinds).map((rule) => [rule.id, rule] as const))(
    "%s has nothing to say of other kinds, nor of its own in another group",
    (_, rule) => {
      const otherwise = (line: RegExp, by: string) => casesOf(group, rule, (text) => text.replace(line, by));
      expect(otherwise(/^kind: .*$/gm, "kind: Other").fields).toEqual([]);
      expect(otherwise(/^apiVersion: .*$/gm, "apiVersion: example.com/v1").fields).toEqual([]);
    },
  );

  test("every rule of the folder is listed, by the name of its file and with its cases", () => {
    const files = readdirSync(join(policies, group));
    const isRule = (file: string) =>
      /^export const \w+: Rule\b/m.test(readFileSync(join(policies, group, file), "utf8"));
    const named = (ending: string) => files.filter((file) => file.endsWith(ending));
    const ids = listed.map(({ id }) => id).sort();
    expect(named(".ts").filter(isRule).sort()).toEqual(ids.map((id) => `${id}.ts`));
    expect(named(".yaml").sort()).toEqual(ids.map((id) => `${id}.yaml`));
  });
});

test("no two rules have one name", () => {
  const ids = Object.values(rules)
    .flat()
    .map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
