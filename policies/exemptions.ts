import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { Finding } from "./examine";
import type { Rule } from "./rule";
import { matchesPattern } from "./settings";

/** An object that a rule is not asked of, for a reason, until a day. */
export interface Exemption {
  readonly rule: string;
  /** As messages name it: `Deployment shop/web`. `*` stands for any text. */
  readonly object: string;
  readonly reason: string;
  /** Who answers for it. */
  readonly owner: string;
  /** The last day on which it holds, as in 2026-12-31. */
  readonly until: string;
  /** The stacks in which it holds. Default: all. */
  readonly stacks?: readonly string[];
}

export function exemptionSchema(rules: readonly Rule[]): Record<string, PolicyConfigJSONSchema> {
  const text = (description: string) => ({ type: "string" as const, pattern: "\\S", description });
  return {
    exempt: {
      type: "array",
      description: "Objects that a rule is not asked of. Each is shown in every run.",
      default: [],
      items: {
        type: "object",
        additionalProperties: false,
        required: ["rule", "object", "reason", "owner", "until"],
        properties: {
          rule: { type: "string", enum: rules.map(({ id }) => id), description: "The rule's name." },
          object: text("As messages name it, as in `Deployment shop/web`; `*` stands for any text."),
          reason: text("Why it may do without."),
          owner: text("Who answers for it."),
          until: {
            type: "string",
            pattern: "^\\d{4}-\\d{2}-\\d{2}$",
            description: "The last day on which it holds, as in 2026-12-31.",
          },
          stacks: {
            type: "array",
            items: { type: "string" },
            description: "The stacks in which it holds; `*` stands for any text. Default: all.",
          },
        },
      },
    },
  };
}

/** The exemptions of a stack on a day. */
export class Exemptions {
  readonly all: readonly Exemption[];

  constructor(
    exemptions: readonly Exemption[],
    stack: string | undefined,
    private readonly today: string,
  ) {
    this.all = exemptions.filter(
      ({ stacks }) =>
        !stacks || stack === undefined || stacks.some((pattern) => matchesPattern(pattern, stack)),
    );
  }

  /** Whether a finding is let off. An exemption that has ended lets off nothing. */
  covers(finding: Finding): boolean {
    return this.all.some((exemption) => this.isInForce(exemption) && concerns(exemption, finding));
  }

  isInForce({ until }: Exemption): boolean {
    return this.today <= until;
  }

  /** One line for each exemption, as every run shows it. */
  shown(): string[] {
    return this.all
      .filter((exemption) => this.isInForce(exemption))
      .map(
        ({ object, rule, until, owner, reason }) =>
          `${object} is exempt from ${rule} until ${until} (${owner}): ${reason}`,
      );
  }

  /** What is wrong with the exemptions themselves: those that have ended, and those that nothing needs. */
  stale(findings: readonly Finding[], askedRules: ReadonlySet<string>): string[] {
    return this.all.flatMap((exemption) => {
      const { object, rule, until, owner } = exemption;
      if (!this.isInForce(exemption))
        return `The exemption of ${object} from ${rule} ended on ${until}. Mend the object, or agree with ${owner} on another day.`;
      if (!askedRules.has(rule) || findings.some((finding) => concerns(exemption, finding))) return [];
      return `Nothing needs the exemption of ${object} from ${rule}. Take it out of the pack's config.`;
    });
  }
}

function concerns({ rule, object }: Exemption, finding: Finding): boolean {
  return rule === finding.rule.id && matchesPattern(object, finding.subject.label);
}
