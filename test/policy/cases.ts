import { readFileSync } from "node:fs";
import { join } from "node:path";
import { manifests } from "../../commands/policy/manifests";
import type { Finding } from "../../policies/examine";
import { Field } from "../../policies/field";
import { grouped } from "../../policies/grouped";
import { Judgement } from "../../policies/judgement";
import { Resource } from "../../policies/resource";
import type { Rule } from "../../policies/rule";
import { withUnknowns } from "./unknowns";

/**
 * A file of manifests with verdicts beside them, at the end of the line of the field: `# refused`, with the note that
 * people read (`# refused: that is everybody`), or `# not known`, where `[unknown]` decides.
 */
export interface Cases {
  /** As `12: refused: that is everybody`. */
  readonly expected: readonly string[];
  /** The same of what the rule says. */
  readonly found: readonly string[];
  /** The fields that it says it of, as `12: spec.replicas is 1`. */
  readonly fields: readonly string[];
  /** How many objects there are of which the rule has nothing to say. */
  readonly passed: number;
}

export const policies = join(__dirname, "../../policies");

/** The cases beside a rule, judged by it alone. A first line `# config: {…}` is its config. */
export function casesOf(
  group: string,
  rule: Rule,
  changed: (text: string) => string = (text) => text,
): Cases {
  const file = join(policies, group, `${rule.id}.yaml`);
  const text = changed(readFileSync(file, "utf8"));
  const judgement = new Judgement([rule], "2026-01-01");
  judgement.ask(rule, JSON.parse(/^# config: (.*)/.exec(text)?.[1] ?? "{}"));
  const all = manifests(text, file).map(({ resource: { type, body, source }, lineOf }) => {
    return { resource: new Resource(type, "", new Field(withUnknowns(body.value)), source), lineOf };
  });
  for (const [index, { resource }] of all.entries()) judgement.add(`${index}`, resource);
  const findings = [
    ...all.flatMap(({ resource }) => judgement.ofResource(rule, resource)),
    ...judgement.ofStack(rule),
  ];
  const lineOf = (finding: Finding) => all[Number(judgement.keyOf(finding))]!.lineOf(finding.field.keys);
  const refused = new Set(findings.map((finding) => judgement.keyOf(finding)));
  return {
    expected: text.split("\n").flatMap((line, index) => {
      const [, verdict] = /# (refused\b.*|not known)$/.exec(line) ?? [];
      return verdict ? `${index + 1}: ${verdict}` : [];
    }),
    found: [...grouped(findings, lineOf)]
      .sort(([a], [b]) => a - b)
      .map(([line, here]) => `${line}: ${verdictOf(here)}`),
    fields: findings.map((finding) => `${lineOf(finding)}: ${finding.field.path} ${finding.field}`),
    passed: all.length - refused.size,
  };
}

function verdictOf(findings: readonly Finding[]): string {
  if (findings.every(({ field }) => field.isUnknown)) return "not known";
  const notes = new Set(findings.flatMap(({ note }) => note ?? []));
  return ["refused", ...(notes.size > 0 ? [[...notes].join("; ")] : [])].join(": ");
}
