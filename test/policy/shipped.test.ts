import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Finding, shownFinding } from "../../policies/examine";
import { Judgement } from "../../policies/judgement";
import type { SystemName } from "../../systems";
import { allRules } from "./objects";
import { changedObjects, shippedObjects } from "./shipped";

const asked = allRules.filter(({ level }) => level !== "disabled");

function findingsOf(stack: string, resources = shippedObjects(stack)): Finding[] {
  const judgement = new Judgement(asked, "2026-01-01");
  judgement.stackName = stack;
  for (const rule of asked) judgement.ask(rule, {});
  for (const [index, resource] of resources.entries()) judgement.add(`${index}`, resource);
  return asked.flatMap((rule) => [
    ...resources.flatMap((resource) => judgement.ofResource(rule, resource)),
    ...judgement.ofStack(rule),
  ]);
}

const told = (findings: readonly Finding[]) =>
  findings.map((finding) => `${finding.rule.id}: ${finding.subject.label}: ${shownFinding(finding)}`);

describe.each(["dev", "staging", "prod"])("the systems in %s", (stack) => {
  const findings = findingsOf(stack);

  test("satisfy every mandatory rule", () => {
    expect(told(findings.filter(({ rule: { level = "mandatory" } }) => level === "mandatory"))).toEqual([]);
  });

  test("have no value in the preview of a fresh stack that a rule would have to know", () => {
    expect(told(findings.filter(({ field }) => field.isUnknown))).toEqual([]);
  });
});

test("a system that is backed up satisfies them too", async () => {
  const file = readFileSync(join(__dirname, "../../Pulumi.prod.yaml"), "utf8");
  const backedUp = file.replace(
    "muster:thebot:",
    "muster:thebot:\n    backup: { beforeMigration: true, s3: { bucket: acme } }",
  );
  const objects = await changedObjects("prod", "thebot", backedUp);
  expect(objects.filter(({ type }) => type.endsWith(":CronJob"))).toHaveLength(2);
  expect(told(findingsOf("prod", objects))).toEqual([]);
});

test("in prod there is no warning either", () => {
  expect(told(findingsOf("prod"))).toEqual([]);
});

describe("a system of which prod's file says nothing", () => {
  /** What is refused of the defaults, and what the file has to say instead. */
  const bare = {
    agentsmith: [
      ["image-pull-policy", "image-tag", "replicas"],
      "image: { agent: 'agent:1', dispatcher: 'dispatcher:1' }, dispatcher: { replicas: 2 }",
    ],
    "vomeet-bot": [["replicas"], "botManager: { replicas: 2 }"],
    wbot: [["image-pull-policy", "image-tag"], "image: { ai: 'ai:1', web: 'web:1' }"],
    "rtc-egress": [
      ["image-pull-policy", "image-tag"],
      "image: { egress: 'egress:1', webDispatch: 'dispatch:1', webRecorder: 'recorder:1' }",
    ],
    thebot: [
      ["image-pull-policy", "image-tag", "replicas"],
      "image: { backend: 'backend:1', frontend: 'frontend:1' }, backend: { replicas: 2 }, frontend: { replicas: 2 }",
    ],
  } as const satisfies Record<SystemName, readonly [readonly string[], string]>;
  const refused = async (system: SystemName, said: string) => {
    const objects = await changedObjects("prod", system, `config:\n  muster:${system}: { ${said} }\n`);
    return findingsOf("prod", objects);
  };

  const each = Object.entries(bare).map(
    ([system, [rules, mend]]) => [system, rules.join(", "), mend] as const,
  );
  test.each(each)("%s is refused by %s, until it says %s", async (system, rules, mend) => {
    const found = await refused(system as SystemName, "");
    expect([...new Set(found.map(({ rule }) => rule.id))].sort().join(", ")).toBe(rules);
    expect(told(await refused(system as SystemName, mend))).toEqual([]);
  });
});
