import type { Field } from "./field";
import type { KubernetesObject } from "./kubernetes-object";
import type { Container, Pod } from "./pod";
import { type CompiledRequirement, requirementsOf, unmet } from "./requirement";
import type { Resource } from "./resource";
import type { Report, Rule } from "./rule";
import type { Stack } from "./stack";

/** A field that does not satisfy a rule, or cannot be known to. */
export interface Finding {
  readonly rule: Rule;
  /** The object that the field is of; the resource, where it is none of Kubernetes. */
  readonly subject: Resource | KubernetesObject;
  readonly field: Field;
  /** What is wrong with it, where its value alone does not say. */
  readonly note?: string;
}

/** Whether a rule looks at anything of a resource; most rules look at few of them. */
export function looksAt(rule: Rule, resource: Resource): boolean {
  if (rule.checkResource || rule.checkObject) return true;
  return looksAtPods(rule) && resource.holdsPods;
}

function looksAtPods({ requires, checkPod, checkContainer }: Rule): boolean {
  return Boolean(requires || checkPod || checkContainer);
}

/** What a rule says about one resource. */
export function examine(rule: Rule, resource: Resource, settings: object): Finding[] {
  const findings = new Findings(rule);
  rule.checkResource?.(resource, findings.reportOn(resource), settings);
  for (const object of resource.objects) {
    rule.checkObject?.(object, findings.reportOn(object, object.isPatch), settings);
    if (!looksAtPods(rule)) continue;
    for (const pod of object.pods) examinePod(rule, pod, findings.reportOn(object, pod.isPart), settings);
  }
  return findings.all;
}

function examinePod(rule: Rule, pod: Pod, report: Report, settings: object): void {
  const requires = requirementsOf(rule);
  rule.checkPod?.(pod, report, settings);
  for (const field of unmetBy(requires?.pod, pod.spec, pod)) report(field);
  for (const container of pod.containers) {
    rule.checkContainer?.(container, report, settings);
    for (const field of unmetBy(requires?.container, container.field, container)) report(field);
  }
}

function unmetBy(
  requirements: readonly CompiledRequirement[] = [],
  field: Field,
  holder: Pod | Container,
): Field[] {
  return requirements.flatMap((requirement) => unmet(requirement, field, holder));
}

/** What a rule says about a whole stack. */
export function examineStack(rule: Rule, stack: Stack, settings: object): Finding[] {
  const findings = new Findings(rule);
  rule.checkStack?.(stack, (object, field, note) => findings.reportOn(object)(field, note), settings);
  return findings.all;
}

/** The findings of a rule, each once. */
class Findings {
  /** Most rules have nothing to say of most objects. */
  private found?: Map<string, Finding>;

  constructor(private readonly rule: Rule) {}

  get all(): Finding[] {
    return this.found ? [...this.found.values()] : [];
  }

  /** In a part, what is not set stays as it is elsewhere. */
  reportOn(subject: Finding["subject"], isPart = false): Report {
    return (field, note) => {
      if (isPart && !field.isSet) return;
      const finding = { rule: this.rule, subject, field, ...(note !== undefined && { note }) };
      this.found ??= new Map();
      this.found.set(`${subject.label} ${field.path} ${note}`, finding);
    };
  }
}

/** As in `spec.replicas is 1: …`; what is found of a whole object has its note alone. */
export function shownFinding({ field, note }: Finding): string {
  const found = field.parent ? `${field.path} ${field}` : undefined;
  return [found, note].filter((part) => part !== undefined).join(": ");
}
