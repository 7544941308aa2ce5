import { readFileSync } from "node:fs";
import { join } from "node:path";
import { manifests } from "../../commands/policy/manifests";
import { Judgement } from "../../policies/judgement";
import type { Rule } from "../../policies/rule";

/** A file of manifests with verdicts beside them: `# refused` stands at the end of each line that a rule refuses. */
export interface Cases {
  readonly expected: readonly string[];
  /** The lines that the rule refuses, as `12: spec.replicas is 1`. */
  readonly found: readonly string[];
  /** How many objects there are of which the rule has nothing to say. */
  readonly passed: number;
}

export const policies = join(__dirname, "../../policies");

/** The cases beside a rule, judged by it alone. A first line `# config: {…}` is its config. */
export function casesOf(group: string, rule: Rule): Cases {
  const file = join(policies, group, `${rule.id}.yaml`);
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n");
  const judgement = new Judgement([rule], "2026-01-01");
  judgement.ask(rule, JSON.parse(/^# config: (.*)/.exec(text)?.[1] ?? "{}"));
  const all = manifests(text, file);
  for (const [index, { resource }] of all.entries()) judgement.add(`${index}`, resource);
  const findings = [
    ...all.flatMap(({ resource }) => judgement.ofResource(rule, resource)),
    ...judgement.ofStack(rule),
  ];
  const refused = new Set(findings.map((finding) => judgement.keyOf(finding)));
  return {
    expected: lines.flatMap((line, index) => (/# refused\b/.test(line) ? `${index + 1}` : [])),
    found: findings.map((finding) => {
      const { lineOf } = all[Number(judgement.keyOf(finding))]!;
      return `${lineOf(finding.field.keys)}: ${finding.field.path} ${finding.field}`;
    }),
    passed: all.length - refused.size,
  };
}
