import { unknownCheckingProxy } from "@pulumi/policy";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { describe, expect, test } from "vitest";
import { crossGuardPolicies } from "../../policies/cross-guard";
import type { Rule } from "../../policies/rule";
import { allRules, container, type Json, podSpec, podSpecWith } from "./objects";

type Reports = Record<string, string[]>;
type Call = (args: unknown, report: (message: string, urn?: string) => void) => void;
type Asked = {
  name: string;
  enforcementLevel: string;
  validateResource: Call | Call[];
  validateStack?: Call;
};
type Config = Readonly<Record<string, object>>;

/** A run of the pack, asked as CrossGuard asks: one policy after the other, each handed its own copy. */
class Run {
  copies = 0;
  readonly policies: Asked[];

  constructor(
    rules: readonly Rule[] = allRules,
    private readonly config: Config = {},
    today = new Date("2026-06-15T12:00:00Z"),
  ) {
    const policies = crossGuardPolicies(rules, today) as unknown as Asked[];
    this.policies = policies.filter(({ enforcementLevel }) => enforcementLevel !== "disabled");
  }

  async resource(
    props: Json,
    { type = "kubernetes:apps/v1:Deployment", name = "main" } = {},
  ): Promise<Reports> {
    const reports: Reports = {};
    for (const policy of this.policies) {
      for (const validate of [policy.validateResource].flat()) {
        this.copies++;
        validate(
          {
            type,
            name,
            urn: urn(type, name),
            props: unknownCheckingProxy(structuredClone(props)),
            getConfig: () => this.config[policy.name] ?? {},
          },
          (message) => push(reports, policy.name, message),
        );
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
    return reports;
  }

  /** As `<urn's name>: message` where it is about a resource. */
  stack(): Reports {
    const reports: Reports = {};
    for (const policy of this.policies) {
      if (!policy.validateStack) continue;
      this.copies++;
      policy.validateStack({ getConfig: () => this.config[policy.name] ?? {} }, (message, about) =>
        push(reports, policy.name, about ? `${about.split("::").at(-1)}: ${message}` : message),
      );
    }
    return reports;
  }
}

const urn = (type: string, name: string) => `urn:pulumi:dev::test::${type}::${name}`;

function push(reports: Reports, policy: string, message: string) {
  reports[policy] = [...(reports[policy] ?? []), message];
}

const analyze = (props: Json, config: Config = {}) => new Run(allRules, config).resource(props);

/** Those that need no other object to be satisfied. */
const podRules = allRules.filter(({ checkStack }) => !checkStack);

const deployment = (spec: Json): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
  spec: { template: { spec } },
});
const root = deployment(podSpecWith("containers.1.securityContext.runAsUser", 0));

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

test("what the pack says of itself has a level that fits", () => {
  const own = crossGuardPolicies(allRules).filter(({ name }) => !allRules.some(({ id }) => id === name));
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
  const run = new Run();
  await run.resource({}, { type: "pulumi:pulumi:Stack" });
  expect(run.copies).toBe(run.policies.length);
  await run.resource(deployment(podSpec()));
  // One policy is handed the resource, all others know it from there.
  expect(run.copies).toBe(run.policies.length + 1);
  expect(Object.keys(await run.resource(root))).toEqual(["run-as-user"]);
  expect(run.copies).toBe(run.policies.length + 3);
});

test("the same resource is looked at anew, as up registers it after its preview: with other values", async () => {
  const run = new Run();
  expect(Object.keys(await run.resource(root))).toEqual(["run-as-user"]);
  expect(await run.resource(deployment(podSpec()))).toEqual({});
});

test("a rule of the whole stack is told at its object, once all are there", async () => {
  const run = new Run([lonely]);
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

const lonely: Rule = {
  ...allRules[0]!,
  id: "lonely",
  title: "Nobody may be alone.",
  requires: undefined,
  checkContainer: undefined,
  checkStack(stack, report) {
    for (const object of stack.objects) {
      const field = object.body.at("spec", "replicas");
      if (stack.objects.length === 1 || field.isUnknown) report(object, field);
    }
  },
};

test("resources of other providers are left alone", async () => {
  expect(await new Run().resource(root, { type: "random:index/randomPassword:RandomPassword" })).toEqual({});
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
    const run = new Run(podRules, exempt());
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
    const run = new Run(podRules, exempt({ until: "2026-06-14" }));
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
    const run = new Run(podRules, exempt());
    await run.resource(props);
    expect(run.stack()["stale-exemptions"]).toEqual([
      "Nothing needs the exemption of Deployment shop/web from run-as-user. Take it out of the pack's config.",
    ]);
  });

  test("is needed by a value that is not known yet", async () => {
    const run = new Run(podRules, exempt());
    await run.resource(deployment(podSpecWith("containers.1.securityContext.runAsUser", unknownValue)));
    expect(run.stack()).not.toHaveProperty("stale-exemptions");
  });

  test("of other stacks is left alone", async () => {
    const run = new Run(podRules, exempt({ stacks: ["prod*"] }));
    expect(Object.keys(await run.resource(root))).toEqual(["run-as-user"]);
    expect(run.stack()).toEqual({});
  });
});

describe("at the level remediate", () => {
  const mend = async (rule: string, props: Json) => {
    const run = new Run();
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
    const run = new Run(allRules, { "run-as-user": { stack: [] } });
    expect(await run.resource({}, { type: "pulumi:pulumi:Stack" })).toEqual({
      "run-as-user": ["The config of run-as-user has `stack`, which is no key of it: it has stacks."],
    });
    expect(await run.resource(deployment(podSpec()))).toEqual({});
  });
});
