import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import type { Rule } from "./rule";

/** What the pack's config says of one rule, as it stands in the file. */
export type RuleConfig = Readonly<Record<string, unknown>>;

/** What the config of a rule may hold beside its level, with the values that hold where it says nothing. */
export function schemaOf(rule: Rule): Record<string, PolicyConfigJSONSchema> {
  return {
    stacks: {
      type: "array",
      items: { type: "string" },
      description: "The stacks in which the rule is asked; `*` stands for any text.",
      default: [...(rule.stacks ?? ["*"])],
    },
    ...(rule.settings as Record<string, PolicyConfigJSONSchema>),
  };
}

/** A rule's own settings, complete. */
export function settingsOf(rule: Rule, config: RuleConfig): object {
  const entries = Object.entries(schemaOf(rule)).map(([key, schema]) => [key, config[key] ?? schema.default]);
  return Object.fromEntries(entries);
}

/** Whether a rule is asked in a stack; always where there is no stack, as of files. */
export function isAsked(rule: Rule, config: RuleConfig, stack: string | undefined): boolean {
  const stacks = (config.stacks as readonly string[] | undefined) ?? rule.stacks ?? ["*"];
  return stack === undefined || stacks.some((pattern) => matchesPattern(pattern, stack));
}

/** Keys that nothing reads. */
export function unknownKeys(rule: Rule, config: RuleConfig): string[] {
  const known = schemaOf(rule);
  return Object.keys(config).filter((key) => !(key in known));
}

/** Whether a text is as a pattern says, in which `*` stands for any text. */
export function matchesPattern(pattern: string, text: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(text);
}
