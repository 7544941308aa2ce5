import { expect, test } from "vitest";
import type { Finding } from "../../policies/examine";
import { Judgement } from "../../policies/judgement";
import type { Resource } from "../../policies/resource";
import { breakages, letThrough } from "./breakages";
import { broken } from "./broken";
import { allRules } from "./objects";
import { shippedObjects } from "./shipped";

// The objects of the five systems in prod, each broken in one field: who notices? What the pack does not is tried on
// the API server in test/cluster/pod-security.test.ts.
const mandatory = allRules.filter(({ level = "mandatory" }) => level === "mandatory");
const systems = byNamespace(shippedObjects("prod"));

test("whole, none of them is a violation", () => {
  for (const { resources, judgement } of systems)
    for (const [index, resource] of resources.entries()) {
      judgement.add(`${index}`, resource);
      expect(isRefused(judgement, resource)).toBe(false);
    }
});

test("a field that is broken is a violation, but for what is known to be let through", () => {
  const passed = new Set<string>();
  const nowhere: string[] = [];
  let count = 0;
  for (const breakage of breakages) {
    const name = `${breakage.of}: ${breakage.what}`;
    const caught = systems.flatMap((system) => brokenOf(system, breakage));
    count += caught.length;
    if (caught.length === 0) nowhere.push(name);
    if (caught.includes(false)) passed.add(name);
  }
  expect(nowhere).toEqual([]);
  const known = Object.values(letThrough).flat();
  expect([...passed].sort()).toEqual([...known].sort());
  expect(count).toBeGreaterThan(1000);
});

type Asked = { readonly resources: readonly Resource[]; readonly judgement: Judgement };

/** The objects of each namespace, with itself: no rule looks further. */
function byNamespace(resources: readonly Resource[]): Asked[] {
  const spaces = new Map<string, Resource[]>();
  for (const resource of resources) {
    const [object] = resource.objects;
    const space = object?.kind === "Namespace" ? object.name : (object?.namespace ?? "");
    spaces.set(space, [...(spaces.get(space) ?? []), resource]);
  }
  return [...spaces.values()].map((all) => {
    const judgement = new Judgement(mandatory, "2026-01-01");
    judgement.stackName = "prod";
    for (const rule of mandatory) judgement.ask(rule, {});
    for (const [index, resource] of all.entries()) judgement.add(`${index}`, resource);
    return { resources: all, judgement };
  });
}

/** Each object of a system broken in one way: whether a rule says so. */
function brokenOf({ resources, judgement }: Asked, breakage: (typeof breakages)[number]) {
  return resources.flatMap((resource, index) => {
    const found = broken(resource, breakage).map((changed) => {
      judgement.add(`${index}`, changed);
      return isRefused(judgement, changed);
    });
    judgement.add(`${index}`, resource);
    return found;
  });
}

function isRefused(judgement: Judgement, resource: Resource): boolean {
  const isViolated = (findings: readonly Finding[]) => findings.some(({ field }) => !field.isUnknown);
  return (
    mandatory.some((rule) => isViolated(judgement.ofResource(rule, resource))) ||
    mandatory.some((rule) => isViolated(judgement.ofStack(rule)))
  );
}
