import type { Field } from "./field";
import { Container, type Pod } from "./pod";
import type { Requirement, Rule } from "./rule";

/** A requirement with its path taken apart: `ports[].hostPort` is `["ports"]` and, in each element, `["hostPort"]`. */
export interface CompiledRequirement extends Requirement {
  readonly steps: readonly (readonly string[])[];
}

interface Requirements {
  readonly pod: readonly CompiledRequirement[];
  readonly container: readonly CompiledRequirement[];
}

const compiled = new WeakMap<Rule, Requirements>();

export function requirementsOf(rule: Rule): Requirements | undefined {
  if (!rule.requires) return undefined;
  let requirements = compiled.get(rule);
  if (!requirements) {
    const all = rule.requires.map((each) => ({ ...each, steps: stepsOf(each.path) }));
    requirements = {
      pod: all.filter(({ of }) => of === "pod"),
      container: all.filter(({ of }) => of === "container"),
    };
    compiled.set(rule, requirements);
  }
  return requirements;
}

function stepsOf(path: string): string[][] {
  return path.split("[].").map((step) => step.split("."));
}

/** The fields of a pod or a container that have none of the values that they may have. */
export function unmet(requirement: CompiledRequirement, from: Field, holder: Pod | Container): Field[] {
  const isContainer = holder instanceof Container;
  const pod = isContainer ? holder.pod : holder;
  if (requirement.linuxOnly && pod.isWindows) return [];
  if (requirement.notEphemeral && isContainer && holder.isEphemeral) return [];
  const [first, ...rest] = requirement.steps;
  const fields = rest.reduce(
    (found, step) => found.flatMap((list) => list.items()).map((item) => item.at(...step)),
    [from.at(...first!)],
  );
  return fields.filter((field) => field.isNot(...requirement.accepts));
}
