import { unknownCheckingProxy } from "@pulumi/policy";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { describe, expect, test } from "vitest";
import { crossGuardPolicies } from "../../policies/cross-guard";
import type { Rule } from "../../policies/rule";
import { allRules, container, type Json, podSpec, podSpecWith } from "./objects";
import { analyze, deployment, PackRun, root } from "./pack-run";

test("every rule is a policy of its own name, at its level", () => {
  const policies = crossGuardPolicies(allRules);
  expect(allRules.length).toBeGreaterThan(0);
  for (const rule of allRules) {
    const { id, title, severity, mend, level = "mandatory", references } = rule;
    const [{ standard, control, url }] = references;
    expect(policies.find((policy) => policy.name === id)).toMatchObject({
      description: title,
      enforcementLevel: level,
      severity,
      remediationSteps: mend,
      framework: { name: standard, version: "", reference: url, specification: control },
      url,
      configSchema: { properties: { stacks: { type: "array", default: rule.stacks ?? ["*"] } } },
    });
  }
});

test("a rule mends only where it says with what", () => {
  const mending = crossGuardPolicies(allRules).filter(
    (policy) => "remediateResource" in policy && policy.remediateResource,
  );
  const withRemedy = allRules.filter(({ remedy }) => remedy);
  expect(mending.map(({ name }) => name)).toEqual(withRemedy.map(({ id }) => id));
});

test("what the pack says of itself has a level that fits, and says what it is", () => {
  const own = crossGuardPolicies(allRules).filter(({ name }) => !allRules.some(({ id }) => id === name));
  for (const { description } of own) expect(description).toMatch(/\w\.$/);
  expect(own.map(({ name, enforcementLevel }) => `${name}: ${enforcementLevel}`).sort()).toEqual([
    "exemptions: advisory",
    "stale-exemptions: mandatory",
    "unknown-before-up: advisory",
  ]);
});

test("a violation names the object, the path, the value and the mend, under the rule's name alone", async () => {
  expect(await analyze(root)).toEqual({
    "run-as-user": [
      [
        "Deployment shop/web:",
        "  spec.template.spec.containers[1](second).securityContext.runAsUser is 0",
        "Set securityContext.runAsUser to a number above 0, or leave it to the image.",
      ].join("\n"),
    ],
  });
});

test("what has nothing to say is called until it has its config, and then no more", async () => {
  const run = new PackRun();
  await run.resource({}, { type: "pulumi:pulumi:Stack" });
  expect(run.copies).toBe(run.policies.length);
  await run.resource(deployment(podSpec()));
  // One policy is handed the resource, all others know it from there.
  expect(run.copies).toBe(run.policies.length + 1);
  expect(Object.keys(await run.resource(root))).toEqual(["run-as-user"]);
  expect(run.copies).toBe(run.policies.length + 3);
});

test("the same resource is looked at anew, as up registers it after its preview: with other values", async () => {
  const run = new PackRun();
  expect(Object.keys(await run.resource(root))).toEqual(["run-as-user"]);
  expect(await run.resource(deployment(podSpec()))).toEqual({});
});

test("a rule looks at a resource once, however many policies speak of it", async () => {
  let looks = 0;
  const counting: Rule = {
    ...alone,
    id: "counting",
    checkObject(object, report) {
      looks++;
      report(object.metadata.at("name"));
    },
  };
  expect(Object.keys(await new PackRun([counting]).resource(root))).toEqual(["counting"]);
  expect(looks).toBe(1);
});

test("the objects of a list are told apart", async () => {
  const other = { ...root, metadata: { name: "other", namespace: "shop" } };
  const items = [root, other].map((item) => ({ ...item, apiVersion: "apps/v1", kind: "Deployment" }));
  const reports = await new PackRun().resource({ items }, { type: "kubernetes:core/v1:List" });
  expect(reports["run-as-user"]?.map((message) => message.split("\n")[0])).toEqual([
    "Deployment shop/web:",
    "Deployment shop/other:",
  ]);
});

test("a rule of the whole stack is told at its object, once all are there", async () => {
  const run = new PackRun([lonely]);
  await run.resource(deployment(podSpec()), { name: "first" });
  expect(Object.keys(run.stack())).toEqual(["lonely"]);
  await run.resource(deployment(podSpec()), { name: "second" });
  expect(run.stack()).toEqual({});
  const unknownReplicas = { ...deployment(podSpec()), spec: { replicas: unknownValue } };
  await run.resource(unknownReplicas, { name: "second" });
  expect(run.stack()).toEqual({
    "unknown-before-up": [
      "second: Deployment shop/web: spec.replicas is not known yet; lonely will check it.",
    ],
  });
});

/** A rule that asks nothing by itself. */
const alone: Rule = {
  id: "alone",
  title: "Nobody may be alone.",
  severity: "low",
  references: allRules[0]!.references,
  mend: "Stay together.",
};

const lonely: Rule = {
  ...alone,
  id: "lonely",
  checkStack(stack, report) {
    for (const object of stack.objects) {
      const field = object.body.at("spec", "replicas");
      if (stack.objects.length === 1 || field.isUnknown) report(object, field);
    }
  },
};

test("resources of other providers are left alone", async () => {
  expect(await new PackRun().resource(root, { type: "random:index/randomPassword:RandomPassword" })).toEqual(
    {},
  );
});

describe("what is not known in a preview", () => {
  test.each([
    ["containers.0.securityContext.runAsNonRoot", unknownValue, ["run-as-non-root"]],
    ["containers.0.resources.limits.cpu", unknownValue, ["resource-limits", "resource-requests"]],
    ["securityContext.sysctls", unknownValue, ["sysctls"]],
    ["volumes", unknownValue, ["volume-types"]],
    ["containers.1", unknownValue, ["run-as-non-root", "resource-limits"]],
    ["initContainers", unknownValue, ["run-as-non-root", "resource-limits"]],
    ["containers.0.securityContext", unknownValue, ["privileged", "capabilities"]],
    ["securityContext", unknownValue, ["run-as-non-root", "seccomp-profile"]],
  ])("%s is warned of by name", async (where, value, rules) => {
    const { "unknown-before-up": warnings, ...others } = await analyze(deployment(podSpecWith(where, value)));
    expect(others).toEqual({});
    expect(warnings).toHaveLength(1);
    expect(warnings![0]).toMatch(/^Deployment shop\/web: spec\.template\.spec\.\S+ is not known yet; /);
    for (const rule of rules) expect(warnings![0]).toContain(rule);
  });

  test("is warned of with each rule's name, once", async () => {
    const twice: Rule = {
      ...alone,
      id: "twice",
      checkObject({ body }, report) {
        for (const note of ["one thing", "another"]) report(body.at("spec"), note);
      },
    };
    const unknownSpec = { ...deployment({}), spec: unknownValue };
    expect(await new PackRun([twice, { ...twice, id: "as-well" }]).resource(unknownSpec)).toEqual({
      "unknown-before-up": ["Deployment shop/web: spec is not known yet; twice, as-well will check it."],
    });
  });

  test("a whole spec is warned of", async () => {
    const unknownSpec = { ...deployment({}), spec: unknownValue };
    expect((await analyze(unknownSpec))["unknown-before-up"]).toEqual([
      expect.stringMatching(
        /^Deployment shop\/web: spec is not known yet; .*run-as-non-root.*resource-limits/,
      ),
    ]);
  });

  test("does not hide what is known", async () => {
    const spec = podSpecWith("containers.1.securityContext.runAsUser", 0);
    (spec.containers as Json[])[0] = container({ image: unknownValue, resources: unknownValue });
    expect(Object.keys(await analyze(deployment(spec)))).toEqual(["run-as-user", "unknown-before-up"]);
  });
});

test("values that may be secret are not in any message", async () => {
  const env = [{ name: "PASSWORD", value: "hunter2" }];
  const spec = { containers: [{ name: "main", command: ["hunter2"], env, securityContext: "hunter2" }] };
  const reports = await analyze(
    deployment({ ...spec, volumes: [{ name: "x", flexVolume: { options: "hunter2" } }] }),
  );
  expect(Object.keys(reports)).toContain("volume-types");
  expect(JSON.stringify(reports)).not.toContain("hunter2");
});

describe("at the level remediate", () => {
  const mend = async (rule: string, props: Json) => {
    const run = new PackRun();
    await run.resource({}, { type: "pulumi:pulumi:Stack" });
    const policy = run.policies.find(({ name }) => name === rule) as unknown as {
      remediateResource: (args: object) => Json | undefined;
    };
    const type = "kubernetes:apps/v1:Deployment";
    const mended = policy.remediateResource({ type, name: "main", props: unknownCheckingProxy(props) });
    return { mended, left: (await run.resource(props))[rule] };
  };
  const bare = () =>
    deployment(
      podSpec({
        securityContext: undefined,
        automountServiceAccountToken: undefined,
        containers: [{ name: "main" }],
      }),
    );

  test.each(allRules.filter(({ remedy }) => remedy).map(({ id }) => id))(
    "%s sets what is left out, and is satisfied",
    async (rule) => {
      const { mended, left } = await mend(rule, bare());
      expect(mended).toBeDefined();
      expect(left).toBeUndefined();
    },
  );

  test("leaves what is set wrong, and what is not known, to people", async () => {
    const wrong = deployment(podSpecWith("containers.0.securityContext.allowPrivilegeEscalation", true));
    const before = structuredClone(wrong);
    const { left } = await mend("allow-privilege-escalation", wrong);
    expect(wrong).toEqual(before);
    expect(left).toHaveLength(1);
    const unknown = deployment(podSpecWith("containers.0.securityContext", unknownValue));
    expect((await mend("capabilities", unknown)).mended).toBeUndefined();
  });

  test("leaves alone what satisfies the rule", async () => {
    expect((await mend("seccomp-profile", deployment(podSpec()))).mended).toBeUndefined();
  });
});

describe("config", () => {
  test("bounds a rule to stacks", async () => {
    const only = (stack: string) => ({ "run-as-user": { stacks: [stack] } });
    expect(Object.keys(await analyze(root, only("de*")))).toEqual(["run-as-user"]);
    expect(await analyze(root, only("prod"))).toEqual({});
  });

  test("changes what a rule asks for", async () => {
    const config = { "resource-limits": { resources: ["ephemeral-storage"] } };
    expect((await analyze(deployment(podSpec()), config))["resource-limits"]?.[0]).toContain(
      "resources.limits.ephemeral-storage is not set",
    );
  });

  test("under a misspelt key is an error, once", async () => {
    const run = new PackRun(allRules, { "run-as-user": { stack: [] } });
    expect(await run.resource({}, { type: "pulumi:pulumi:Stack" })).toEqual({
      "run-as-user": ["The config of run-as-user has `stack`, which is no key of it: it has stacks."],
    });
    expect(await run.resource(deployment(podSpec()))).toEqual({});
    expect((await run.resource(root))["run-as-user"]).toHaveLength(1);
  });

  test("under a misspelt key is told with all that there are", async () => {
    const run = new PackRun(allRules, { "resource-limits": { resource: [] } });
    expect(await run.resource({}, { type: "pulumi:pulumi:Stack" })).toEqual({
      "resource-limits": [
        "The config of resource-limits has `resource`, which is no key of it: it has stacks, resources.",
      ],
    });
  });
});
