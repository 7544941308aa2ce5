import type {
  Policies,
  ReportViolation,
  ResourceRemediation,
  ResourceValidation,
  ResourceValidationArgs,
  StackValidation,
  StackValidationArgs,
} from "@pulumi/policy";
import { type Finding, shownFinding } from "./examine";
import { type Exemption, exemptionSchema } from "./exemptions";
import { Field } from "./field";
import { grouped } from "./grouped";
import { Judgement } from "./judgement";
import { withUnknowns } from "./pulumi-values";
import { remedy } from "./remedy";
import { Resource } from "./resource";
import type { Rule } from "./rule";
import { type RuleConfig, schemaOf, unknownKeys } from "./settings";

/** The rules as CrossGuard policies, one each, and three that speak of exemptions and of unknown values. */
export function crossGuardPolicies(rules: readonly Rule[], today = new Date()): Policies {
  const run = new Run(new Judgement(rules, today.toISOString().slice(0, 10)));
  const policies = [
    new ExemptionsPolicy(run),
    ...rules.map((rule) => new RulePolicy(run, rule)),
    new StaleExemptionsPolicy(run),
    new UnknownPolicy(run),
  ];
  // That a policy may have nothing to be called for at the moment, the types do not say.
  return policies as readonly unknown[] as Policies;
}

/** A preview or an update, as all policies see it. */
class Run {
  /**
   * The resource that CrossGuard asks of just now. Each policy is handed its own copy, so there is nothing to know it
   * by. But all policies are asked of one without a pause in which another could come in between.
   */
  current?: Resource;

  constructor(readonly judgement: Judgement) {}

  look({ type, name, urn, props }: ResourceValidationArgs): Resource {
    if (this.current) return this.current;
    this.current = new Resource(type, name, new Field(withUnknowns(props)));
    this.judgement.add(urn, this.current);
    setImmediate(() => {
      this.current = undefined;
    });
    return this.current;
  }
}

/** What a policy says: a text, and the URN of the resource, where it is not the one that is asked of. */
type Saying = readonly [message: string, urn?: string];

/**
 * CrossGuard makes a copy of a resource for every policy that it calls, and of all resources for every policy of the
 * stack, which costs far more than the rules do. So a policy can be called only until it has its config, and while it
 * has something to say, which it finds in what the first one left in the run.
 */
abstract class Policy {
  abstract readonly name: string;
  abstract readonly description: string;
  private isConfigured = false;
  /** CrossGuard looks several times whether a policy can be called. */
  private said?: { readonly of: Resource; readonly sayings: readonly Saying[] };

  constructor(protected readonly run: Run) {}

  get validateResource(): ResourceValidation | [] {
    const { current } = this.run;
    if (this.isConfigured && current && this.sayingsOf(current).length === 0) return [];
    return (args, report) => {
      this.configureOnce(args, report);
      for (const saying of this.sayingsOf(this.run.look(args))) report(...saying);
    };
  }

  private sayingsOf(resource: Resource): readonly Saying[] {
    if (this.said?.of !== resource) this.said = { of: resource, sayings: this.ofResource(resource) };
    return this.said.sayings;
  }

  get validateStack(): StackValidation | undefined {
    if (this.isConfigured && this.ofStack().length === 0) return undefined;
    return (args, report) => {
      this.configureOnce(args, report);
      for (const saying of this.ofStack()) report(...saying);
    };
  }

  private configureOnce(args: ResourceValidationArgs | StackValidationArgs, report: ReportViolation) {
    if (this.isConfigured) return;
    this.isConfigured = true;
    if ("urn" in args) this.run.judgement.stackName = args.urn.split(":")[2];
    this.configure(args.getConfig(), report);
  }

  protected configure(_config: RuleConfig, _report: ReportViolation): void {}

  protected ofResource(_resource: Resource): Saying[] {
    return [];
  }

  protected abstract ofStack(): Saying[];
}

class RulePolicy extends Policy {
  readonly name;
  readonly description;
  readonly enforcementLevel;
  readonly severity;
  readonly framework;
  readonly remediationSteps;
  readonly url;
  readonly configSchema;
  /** Called at the level `remediate` alone. */
  readonly remediateResource?: ResourceRemediation;

  constructor(
    run: Run,
    private readonly rule: Rule,
  ) {
    super(run);
    const [{ standard, control, url }] = rule.references;
    this.name = rule.id;
    this.description = rule.title;
    this.enforcementLevel = rule.level ?? "mandatory";
    this.severity = rule.severity;
    this.framework = { name: standard, version: "", reference: url, specification: control };
    this.remediationSteps = rule.mend;
    this.url = url;
    this.configSchema = { properties: schemaOf(rule) };
    const { remedy: wanted } = rule;
    if (!wanted) return;
    this.remediateResource = ({ type, name, props }) => {
      const resource = new Resource(type, name, new Field(withUnknowns(props)));
      const { judgement } = run;
      if (judgement.violations(judgement.ofResource(rule, resource)).length === 0) return undefined;
      remedy(wanted, resource, props);
      return props;
    };
  }

  protected override configure(config: RuleConfig, report: ReportViolation) {
    this.run.judgement.ask(this.rule, config);
    // The CLI checks the keys that it knows, and takes any other without a word.
    for (const key of unknownKeys(this.rule, config)) {
      const known = Object.keys(schemaOf(this.rule)).join(", ");
      report(`The config of ${this.rule.id} has \`${key}\`, which is no key of it: it has ${known}.`);
    }
  }

  protected override ofResource(resource: Resource): Saying[] {
    const findings = this.run.judgement.ofResource(this.rule, resource);
    return this.messages(findings).map(([message]) => [message]);
  }

  protected ofStack(): Saying[] {
    const { judgement } = this.run;
    return this.messages(judgement.ofStack(this.rule)).map(([message, about]) => [
      message,
      judgement.keyOf(about),
    ]);
  }

  /** One message for each object. */
  private messages(findings: readonly Finding[]): [string, Finding][] {
    if (findings.length === 0) return [];
    const bySubject = grouped(this.run.judgement.violations(findings), ({ subject }) => subject);
    return [...bySubject.values()].map((of) => [
      [`${of[0]!.subject.label}:`, ...of.map((each) => `  ${shownFinding(each)}`), this.rule.mend].join("\n"),
      of[0]!,
    ]);
  }
}

class ExemptionsPolicy extends Policy {
  readonly name = "exemptions";
  readonly description = "Objects that the pack's config exempts from a rule.";
  readonly enforcementLevel = "advisory";
  readonly configSchema;

  constructor(run: Run) {
    super(run);
    this.configSchema = { properties: exemptionSchema(run.judgement.rules) };
  }

  protected override configure({ exempt = [] }: { exempt?: readonly Exemption[] }) {
    this.run.judgement.exempt(exempt);
  }

  protected ofStack(): Saying[] {
    return this.run.judgement.exemptions.shown().map((line) => [line]);
  }
}

class StaleExemptionsPolicy extends Policy {
  readonly name = "stale-exemptions";
  readonly description = "Exemptions that have ended, and those that nothing needs any more.";
  readonly enforcementLevel = "mandatory";

  protected ofStack(): Saying[] {
    return this.run.judgement.staleExemptions().map((line) => [line]);
  }
}

class UnknownPolicy extends Policy {
  readonly name = "unknown-before-up";
  readonly description =
    "Values that are not known before up cannot be checked in a preview: up checks them.";
  readonly enforcementLevel = "advisory";

  protected override ofResource(resource: Resource): Saying[] {
    const { judgement } = this.run;
    const findings = judgement.rules.flatMap((rule) => judgement.ofResource(rule, resource));
    return unknownLines(findings).map(([line]) => [line]);
  }

  protected ofStack(): Saying[] {
    const { judgement } = this.run;
    const findings = judgement.rules.flatMap((rule) => judgement.ofStack(rule));
    return unknownLines(findings).map(([line, about]) => [line, judgement.keyOf(about)]);
  }
}

function unknownLines(findings: readonly Finding[]): [string, Finding][] {
  if (findings.length === 0) return [];
  const unknown = findings.filter(({ field }) => field.isUnknown);
  const byPlace = grouped(unknown, ({ subject, field }) => `${subject.label}: ${field.path}`);
  return [...byPlace].map(([place, of]) => {
    const rules = [...new Set(of.map(({ rule }) => rule.id))].join(", ");
    return [`${place} is not known yet; ${rules} will check it.`, of[0]!];
  });
}
