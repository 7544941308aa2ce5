import { examine, examineStack, type Finding } from "./examine";
import { type Exemption, Exemptions } from "./exemptions";
import type { Resource } from "./resource";
import type { Rule } from "./rule";
import { isAsked, type RuleConfig, settingsOf } from "./settings";
import { Stack } from "./stack";

/** What the rules have to say of the resources that there are so far, each asked once. */
export class Judgement {
  /** The name of the stack; undefined of files and namespaces, which are asked every rule. */
  stackName?: string;
  /** The rules that are asked, each with its config: those that are disabled are not among them. */
  readonly configs = new Map<Rule, RuleConfig>();
  exemptions: Exemptions;
  private readonly resources = new Map<string, Resource>();
  private readonly findings = new Map<Resource | Stack, Map<Rule, readonly Finding[]>>();
  private stack?: Stack;

  constructor(
    readonly rules: readonly Rule[],
    /** As in 2026-12-31: exemptions end. */
    private readonly today: string,
  ) {
    this.exemptions = new Exemptions([], undefined, today);
  }

  exempt(exemptions: readonly Exemption[]) {
    this.exemptions = new Exemptions(exemptions, this.stackName, this.today);
  }

  /** Under a key that the same resource has each time: it then takes the place of the one before. */
  add(key: string, resource: Resource) {
    this.resources.set(key, resource);
    this.stack = undefined;
  }

  keyOf({ subject }: Finding): string | undefined {
    for (const [key, resource] of this.resources) {
      if (resource === subject || resource.objects.some((object) => object === subject)) return key;
    }
    return undefined;
  }

  ofResource(rule: Rule, resource: Resource): readonly Finding[] {
    return this.remembered(rule, resource, (settings) => examine(rule, resource, settings));
  }

  ofStack(rule: Rule): readonly Finding[] {
    if (!rule.checkStack) return [];
    this.stack ??= new Stack([...this.resources.values()]);
    const { stack } = this;
    return this.remembered(rule, stack, (settings) => examineStack(rule, stack, settings));
  }

  violations(findings: readonly Finding[]): readonly Finding[] {
    return findings.filter((finding) => !finding.field.isUnknown && !this.exemptions.covers(finding));
  }

  /** What is wrong with the exemptions themselves, a line each. */
  staleExemptions(): string[] {
    if (this.exemptions.all.length === 0) return [];
    const asked = this.rules.filter((rule) => this.isAsked(rule));
    const findings = asked.flatMap((rule) => [
      ...[...this.resources.values()].flatMap((resource) => this.ofResource(rule, resource)),
      ...this.ofStack(rule),
    ]);
    return this.exemptions.stale(findings, new Set(asked.map(({ id }) => id)));
  }

  private isAsked(rule: Rule): boolean {
    const config = this.configs.get(rule);
    return config !== undefined && isAsked(rule, config, this.stackName);
  }

  private remembered(
    rule: Rule,
    of: Resource | Stack,
    check: (settings: object) => readonly Finding[],
  ): readonly Finding[] {
    const known = this.findings.get(of) ?? new Map<Rule, readonly Finding[]>();
    this.findings.set(of, known);
    let findings = known.get(rule);
    if (findings === undefined) {
      findings = this.isAsked(rule) ? check(settingsOf(rule, this.configs.get(rule)!)) : [];
      known.set(rule, findings);
    }
    return findings;
  }
}
