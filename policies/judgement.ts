import { examine, examineStack, type Finding, looksAt } from "./examine";
import { type Exemption, Exemptions } from "./exemptions";
import type { Resource } from "./resource";
import type { Rule } from "./rule";
import { isAsked, type RuleConfig, settingsOf } from "./settings";
import { Stack } from "./stack";

const none: readonly Finding[] = [];

/** What the rules have to say of the resources that there are so far, each asked once. */
export class Judgement {
  /** The name of the stack; undefined of files and namespaces, which are asked every rule. */
  stackName?: string;
  /** The rules that are asked, each with its settings. */
  private readonly settings = new Map<Rule, object>();
  exemptions: Exemptions;
  private readonly resources = new Map<string, Resource>();
  private readonly keys = new WeakMap<Finding["subject"], string>();
  /** Of each rule in its place: most have nothing to say, of many resources. */
  private readonly findings = new WeakMap<Resource | Stack, (readonly Finding[])[]>();
  private readonly places: ReadonlyMap<Rule, number>;
  private stack?: Stack;

  constructor(
    readonly rules: readonly Rule[],
    /** As in 2026-12-31: exemptions end. */
    private readonly today: string,
  ) {
    this.exemptions = new Exemptions([], undefined, today);
    this.places = new Map(rules.map((rule, place) => [rule, place]));
  }

  /** Has a rule asked, if its config says so of this stack. One that is disabled is not to be asked at all. */
  ask(rule: Rule, config: RuleConfig) {
    if (isAsked(rule, config, this.stackName)) this.settings.set(rule, settingsOf(rule, config));
  }

  exempt(exemptions: readonly Exemption[]) {
    this.exemptions = new Exemptions(exemptions, this.stackName, this.today);
  }

  /** Under a key that the same resource has each time: it then takes the place of the one before. */
  add(key: string, resource: Resource) {
    this.resources.set(key, resource);
    for (const subject of [resource, ...resource.objects]) this.keys.set(subject, key);
    this.stack = undefined;
  }

  keyOf({ subject }: Finding): string | undefined {
    return this.keys.get(subject);
  }

  ofResource(rule: Rule, resource: Resource): readonly Finding[] {
    if (!looksAt(rule, resource)) return none;
    return this.remembered(rule, resource, (settings) => examine(rule, resource, settings));
  }

  ofStack(rule: Rule): readonly Finding[] {
    if (!rule.checkStack) return none;
    this.stack ??= new Stack([...this.resources.values()]);
    const { stack } = this;
    return this.remembered(rule, stack, (settings) => examineStack(rule, stack, settings));
  }

  violations(findings: readonly Finding[]): readonly Finding[] {
    if (findings.length === 0) return none;
    return findings.filter((finding) => !finding.field.isUnknown && !this.exemptions.covers(finding));
  }

  /** What is wrong with the exemptions themselves, a line each. */
  staleExemptions(): string[] {
    if (this.exemptions.all.length === 0) return [];
    const asked = this.rules.filter((rule) => this.settings.has(rule));
    const findings = asked.flatMap((rule) => [
      ...[...this.resources.values()].flatMap((resource) => this.ofResource(rule, resource)),
      ...this.ofStack(rule),
    ]);
    return this.exemptions.stale(findings, new Set(asked.map(({ id }) => id)));
  }

  private remembered(
    rule: Rule,
    of: Resource | Stack,
    check: (settings: object) => readonly Finding[],
  ): readonly Finding[] {
    const settings = this.settings.get(rule);
    if (!settings) return none;
    let known = this.findings.get(of);
    if (!known) {
      known = [];
      this.findings.set(of, known);
    }
    const place = this.places.get(rule)!;
    const findings = known[place] ?? check(settings);
    known[place] = findings;
    return findings;
  }
}
