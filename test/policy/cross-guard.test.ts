import {
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  unknownCheckingProxy,
} from "@pulumi/policy";
import { unknownValue } from "@pulumi/pulumi/runtime/rpc";
import { describe, expect, test } from "vitest";
import { crossGuardPolicies } from "../../policies/cross-guard";
import type { Rule } from "../../policies/rule";
import { allRules, container, type Json, podSpec, podSpecWith } from "./objects";

interface Analysis {
  readonly type?: string;
  readonly config?: Readonly<Record<string, object>>;
}

/** What each policy reports of a resource, asked as CrossGuard asks: one policy after the other, each with its copy. */
async function analyze(props: Json, { type = "kubernetes:apps/v1:Deployment", config = {} }: Analysis = {}) {
  const reports: Record<string, string[]> = {};
  for (const policy of policies) {
    const args = {
      type,
      name: "main",
      urn: `urn:pulumi:dev::test::${type}::main`,
      props: unknownCheckingProxy(structuredClone(props)),
      getConfig: () => config[policy.name] ?? {},
    } as unknown as ResourceValidationArgs;
    await (
      policy.validateResource as (args: ResourceValidationArgs, report: (message: string) => void) => void
    )(args, (message) => {
      reports[policy.name] = [...(reports[policy.name] ?? []), message];
    });
  }
  await new Promise((resolve) => setImmediate(resolve));
  return reports;
}

let walks = 0;
const counting: Rule = {
  ...allRules[0]!,
  name: "counting",
  checkPod: () => walks++,
  checkContainer: undefined,
};
const policies = crossGuardPolicies([...allRules, counting]) as ResourceValidationPolicy[];

const deployment = (spec: Json): Json => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", namespace: "shop" },
  spec: { template: { spec } },
});
const root = deployment(podSpecWith("containers.1.securityContext.runAsUser", 0));

test("every rule is a mandatory policy of its own name", () => {
  expect(allRules.length).toBeGreaterThan(0);
  for (const { name, severity, mend } of allRules) {
    expect(policies.find((policy) => policy.name === name)).toMatchObject({
      enforcementLevel: "mandatory",
      severity,
      remediationSteps: mend,
    });
  }
});

test("a violation names the object, the path, the value and the mend, under the rule's name alone", async () => {
  expect(await analyze(root)).toEqual({
    "run-as-user": [
      [
        "shop/web:",
        "  spec.template.spec.containers[1](second).securityContext.runAsUser is 0",
        "Set securityContext.runAsUser to a number above 0, or leave it to the image.",
      ].join("\n"),
    ],
  });
});

test("a pod template is walked once for all rules, and anew for the next resource", async () => {
  walks = 0;
  await analyze(root);
  expect(walks).toBe(1);
  // The same resource, as up registers it after its preview: with other values.
  expect(await analyze(deployment(podSpec()))).toEqual({});
  expect(walks).toBe(2);
});

test("resources of other providers are left alone", async () => {
  expect(await analyze(root, { type: "random:index/randomPassword:RandomPassword" })).toEqual({});
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
    expect(warnings![0]).toMatch(/^shop\/web: spec\.template\.spec\.\S+ is not known yet; /);
    for (const rule of rules) expect(warnings![0]).toContain(rule);
  });

  test("a whole spec is warned of", async () => {
    const unknownSpec = { ...deployment({}), spec: unknownValue };
    expect((await analyze(unknownSpec))["unknown-before-up"]).toEqual([
      expect.stringMatching(/^shop\/web: spec is not known yet; .*run-as-non-root.*resource-limits/),
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
  const config = { "run-as-user": { exempt: [{ resource: "shop/web", reason: "its image needs it" }] } };

  test("turns a violation into a warning with the reason", async () => {
    expect(await analyze(root, { config })).toEqual({
      exemptions: ["shop/web is exempt from run-as-user: its image needs it"],
    });
  });

  test("holds for its object and its rule only", async () => {
    const other = { ...root, metadata: { name: "other", namespace: "shop" } };
    expect(Object.keys(await analyze(other, { config }))).toEqual(["run-as-user"]);
    const limits = deployment(podSpec({ containers: [container({ resources: {} })] }));
    expect(Object.keys(await analyze(limits, { config }))).toContain("resource-limits");
  });

  test("is warned of when nothing needs it any more", async () => {
    expect((await analyze(deployment(podSpec()), { config })).exemptions).toEqual([
      "shop/web satisfies run-as-user: take its exemption out of the pack's config.",
    ]);
  });

  test("under a misspelt key is an error, once for the stack", async () => {
    const misspelt = { "run-as-user": { exempted: [] } };
    expect(await analyze({}, { type: "pulumi:pulumi:Stack", config: misspelt })).toEqual({
      "run-as-user": ['The config of run-as-user has "exempted", which is not a key of it: "exempt" is.'],
    });
  });
});
