import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { rules } from "../../policies/rules";
import { casesOf, policies } from "./cases";

describe.each(Object.entries(rules))("%s", (group, listed) => {
  test.each(listed.map((rule) => [rule.id, rule] as const))("%s refuses what its cases say", (_, rule) => {
    const { expected, found, passed } = casesOf(group, rule);
    const lines = (all: readonly string[]) =>
      [...new Set(all.map((each) => Number.parseInt(each, 10)))].sort((a, b) => a - b);
    expect(lines(found), found.join("\n")).toEqual(lines(expected));
    // A rule that refuses nothing, or everything, is none.
    expect(found).not.toEqual([]);
    expect(passed).toBeGreaterThan(0);
  });

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
