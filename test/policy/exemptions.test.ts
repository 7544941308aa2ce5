import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { Exemptions, exemptionSchema } from "../../policies/exemptions";
import { allRules, container, findings, pod, podSpec, podSpecWith } from "./objects";
import { analyze, deployment, PackRun, root } from "./pack-run";

/** Those that need no other object to be satisfied. */
const podRules = allRules.filter(({ checkStack }) => !checkStack);

describe("an exemption", () => {
  const exemption = {
    rule: "run-as-user",
    object: "Deployment shop/web",
    reason: "its image needs it",
    owner: "shop team",
    until: "2026-06-15",
  };
  const exempt = (changes: object = {}) => ({ exemptions: { exempt: [{ ...exemption, ...changes }] } });

  test("lets its object off its rule until its last day, and is shown", async () => {
    const run = new PackRun(podRules, exempt());
    expect(await run.resource(root)).toEqual({});
    expect(run.stack()).toEqual({
      exemptions: [
        "Deployment shop/web is exempt from run-as-user until 2026-06-15 (shop team): its image needs it",
      ],
    });
  });

  test("holds for its object and its rule only", async () => {
    const other = { ...root, metadata: { name: "other", namespace: "shop" } };
    expect(Object.keys(await analyze(other, exempt()))).toEqual(["run-as-user"]);
    const limits = deployment(podSpec({ containers: [container({ resources: {} })] }));
    expect(Object.keys(await analyze(limits, exempt()))).toContain("resource-limits");
  });

  test("may name objects by a pattern", async () => {
    expect(await analyze(root, exempt({ object: "Deployment shop/*" }))).toEqual({});
    expect(Object.keys(await analyze(root, exempt({ object: "Deployment *x" })))).toEqual(["run-as-user"]);
  });

  test("is a violation once it has ended, and holds no more", async () => {
    const run = new PackRun(podRules, exempt({ until: "2026-06-14" }));
    expect(Object.keys(await run.resource(root))).toEqual(["run-as-user"]);
    expect(run.stack()).toEqual({
      "stale-exemptions": [
        "The exemption of Deployment shop/web from run-as-user ended on 2026-06-14. Mend the object, or agree with shop team on another day.",
      ],
    });
  });

  test.each([
    ["its object satisfies the rule", deployment(podSpec())],
    ["its object is not there", { ...root, metadata: { name: "other", namespace: "shop" } }],
  ])("is a violation where %s", async (_, props) => {
    const run = new PackRun(podRules, exempt());
    await run.resource(props);
    expect(run.stack()["stale-exemptions"]).toEqual([
      "Nothing needs the exemption of Deployment shop/web from run-as-user. Take it out of the pack's config.",
    ]);
  });

  test("is needed by a value that is not known yet", async () => {
    const run = new PackRun(podRules, exempt());
    await run.resource(deployment(podSpecWith("containers.1.securityContext.runAsUser", unknownValue)));
    expect(run.stack()).not.toHaveProperty("stale-exemptions");
  });

  test("of other stacks is left alone", async () => {
    const run = new PackRun(podRules, exempt({ stacks: ["prod*"] }));
    expect(Object.keys(await run.resource(root))).toEqual(["run-as-user"]);
    expect(run.stack()).toEqual({});
  });

  test("is shown where nothing else is registered", () => {
    expect(Object.keys(new PackRun(podRules, exempt()).stack())).toEqual(["exemptions", "stale-exemptions"]);
  });
});

describe("the config of exemptions", () => {
  const schema = exemptionSchema(allRules);
  const check = new Ajv({ strict: false }).compile({ type: "object", properties: schema });
  const whole = {
    rule: "run-as-user",
    object: "Deployment shop/web",
    reason: "its image needs it",
    owner: "shop team",
    until: "2026-12-31",
  };
  const takes = (exemption: unknown) => check({ exempt: [exemption] });

  test("takes one with all that it needs, in all stacks or in some", () => {
    expect(takes(whole)).toBe(true);
    expect(takes({ ...whole, stacks: ["prod", "prod-*"] })).toBe(true);
    expect(schema.exempt!.default).toEqual([]);
  });

  test.each(Object.keys(whole))("refuses one without %s, or with an empty one", (key) => {
    const { [key as "rule"]: _, ...rest } = whole;
    expect(takes(rest)).toBe(false);
    for (const empty of ["", " ", 1]) expect(takes({ ...whole, [key]: empty })).toBe(false);
  });

  test.each([
    ["a rule that there is not", { rule: "run-as-usr" }],
    ["a day that is none", { until: "2026-1-1" }],
    ["more than a day", { until: "2026-12-31T00" }],
    ["less before it", { until: "the 2026-12-31" }],
    ["a stack that is no text", { stacks: [1] }],
    ["stacks that are no list", { stacks: "prod" }],
    ["a key that nothing reads", { stack: "prod" }],
  ])("refuses %s", (_, changes) => {
    expect(takes({ ...whole, ...changes })).toBe(false);
  });

  test("refuses what is no list of them", () => {
    expect(check({ exempt: whole })).toBe(false);
    expect(takes("Deployment shop/web")).toBe(false);
  });

  test("says of every key what it is", () => {
    const { description, items } = schema.exempt!;
    const keys = Object.values((items as { properties: Record<string, { description: string }> }).properties);
    for (const said of [description, ...keys.map((key) => key.description)]) expect(said).toMatch(/\w.*\.$/);
  });
});

describe("exemptions of some stacks", () => {
  const [finding] = findings(pod(podSpecWith("securityContext.runAsUser", 0)));
  const of = (stack: string | undefined, stacks?: readonly string[]) =>
    new Exemptions(
      [
        {
          rule: finding!.rule.id,
          object: "Pod shop/main",
          reason: "for now",
          owner: "shop",
          until: "2026-12-31",
          ...(stacks && { stacks }),
        },
      ],
      stack,
      "2026-06-15",
    ).covers(finding!);

  test.each([
    ["prod", ["dev", "prod"], true],
    ["prod", ["dev", "pro"], false],
    ["prod-eu", ["prod-*"], true],
    ["prod", [], false],
    ["prod", undefined, true],
    // Files and namespaces have no stack, and are asked every rule.
    [undefined, ["prod"], true],
  ])("in stack %s, of stacks %j: %s", (stack, stacks, covered) => {
    expect(of(stack, stacks)).toBe(covered);
  });
});
