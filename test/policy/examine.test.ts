import { describe, expect, test } from "vitest";
import { examine, looksAt, shownFinding } from "../../policies/examine";
import { Field } from "../../policies/field";
import { Resource } from "../../policies/resource";
import type { Rule } from "../../policies/rule";
import { allRules, type Json, pod, podSpec } from "./objects";

const rule = (asks: Partial<Rule>): Rule => ({
  id: "rule",
  title: "Something is required.",
  severity: "low",
  references: allRules[0]!.references,
  mend: "Do so.",
  ...asks,
});
const resource = (kind: string, body: Json) => new Resource(`kubernetes:v1:${kind}`, "main", new Field(body));

const service = { kind: "Service", apiVersion: "v1", metadata: { name: "web", namespace: "shop" } };
const running = { kind: "Pod", apiVersion: "v1", ...pod(podSpec()) };
const list = { kind: "List", apiVersion: "v1", items: [service, running] };

describe("a rule looks at", () => {
  const ofPods = [
    { checkPod() {} },
    { checkContainer() {} },
    { requires: [{ of: "pod", path: "hostNetwork", accepts: [undefined] }] },
  ] as const satisfies Partial<Rule>[];

  test.each(ofPods)("what holds a pod, where it asks of pods alone: %o", (asks) => {
    expect(looksAt(rule(asks), resource("Pod", running))).toBe(true);
    expect(looksAt(rule(asks), resource("List", list))).toBe(true);
    expect(looksAt(rule(asks), resource("Service", service))).toBe(false);
  });

  test("any resource, where it asks of objects or resources", () => {
    for (const asks of [{ checkObject() {} }, { checkResource() {} }])
      expect(looksAt(rule(asks), resource("Service", service))).toBe(true);
  });

  test("no single resource, where it asks of the stack", () => {
    expect(looksAt(rule({ checkStack() {} }), resource("Pod", running))).toBe(false);
  });
});

describe("a finding", () => {
  const found = (report: Rule["checkObject"], kind = "Service") =>
    examine(rule({ checkObject: report! }), resource(kind, service), {}).map(shownFinding);

  test("is one, however often the same is said of a field", () => {
    const twice = found((object, report) => {
      for (const note of [undefined, "a note", "a note", "another"]) report(object.body.at("spec"), note);
    });
    expect(twice).toEqual(["spec is not set", "spec is not set: a note", "spec is not set: another"]);
  });

  test("of the whole object is its note alone", () => {
    expect(found((object, report) => report(object.body, "nobody needs it"))).toEqual(["nobody needs it"]);
  });

  test("of what a patch leaves out is none", () => {
    const both: Rule["checkObject"] = (object, report) => {
      report(object.body.at("spec"));
      report(object.metadata.at("name"));
    };
    expect(found(both)).toEqual(["spec is not set", 'metadata.name is "web"']);
    expect(found(both, "ServicePatch")).toEqual(['metadata.name is "web"']);
  });
});
