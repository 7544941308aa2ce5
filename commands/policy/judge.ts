import { type Finding, shownFinding } from "../../policies/examine";
import { Judgement } from "../../policies/judgement";
import type { Rule } from "../../policies/rule";
import type { PackConfig } from "./config";
import type { Manifest } from "./manifests";

/** Something that a rule has against an object, with where it stands. */
export interface Violation {
  readonly rule: Rule;
  readonly level: "mandatory" | "advisory";
  readonly object: string;
  /** The field, as in `spec.replicas`; empty for the object itself. */
  readonly path: string;
  /** What is there, as in `spec.replicas is 1`. */
  readonly found: string;
  readonly file: string;
  readonly line: number;
}

export interface Verdict {
  readonly objects: number;
  /** By file and line. */
  readonly violations: readonly Violation[];
  readonly exemptions: readonly string[];
  /** Exemptions that have ended, or that nothing needs. */
  readonly stale: readonly string[];
}

export function judge(
  manifests: readonly Manifest[],
  rules: readonly Rule[],
  { levels, configs, exempt }: PackConfig,
  { stack, today = new Date() }: { stack?: string; today?: Date } = {},
): Verdict {
  const judgement = new Judgement(rules, today.toISOString().slice(0, 10));
  judgement.stackName = stack;
  for (const rule of rules) if (levels.get(rule) !== "disabled") judgement.ask(rule, configs.get(rule)!);
  judgement.exempt(exempt);
  for (const [index, { resource }] of manifests.entries()) judgement.add(`${index}`, resource);

  const found = rules.flatMap((rule) => [
    ...manifests.flatMap(({ resource }) => judgement.ofResource(rule, resource)),
    ...judgement.ofStack(rule),
  ]);
  const violation = (finding: Finding): Violation => {
    const { file, lineOf } = manifests[Number(judgement.keyOf(finding))]!;
    const { rule, subject, field } = finding;
    const level = levels.get(rule) === "advisory" ? "advisory" : "mandatory";
    const [path, text] = [field.path, shownFinding(finding)];
    return { rule, level, object: subject.label, path, found: text, file, line: lineOf(field.keys) };
  };
  return {
    objects: manifests.reduce((sum, { resource }) => sum + resource.objects.length, 0),
    violations: judgement.violations(found).map(violation).sort(byPlace),
    exemptions: judgement.exemptions.shown(),
    stale: judgement.staleExemptions(),
  };
}

function byPlace(a: Violation, b: Violation): number {
  return a.file.localeCompare(b.file) || a.line - b.line;
}
