import type { Rule, Setting } from "./rule";
import { rules } from "./rules";

const BEGIN = "<!-- Written by commands/policy-reference.ts: -->";
const END = "<!-- : to here. -->";

/** A document with the description of every rule between its two marks made anew. */
export function withPolicyReference(document: string): string {
  const [before, after] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`docs/policies.md lacks its marks, ${BEGIN} and ${END}.`);
  return `${document.slice(0, before)}${BEGIN}\n\n${reference()}\n${document.slice(after)}`;
}

function reference(): string {
  return Object.entries(rules)
    .map(([group, listed]) => `## ${group}\n\n${listed.map((rule) => section(group, rule)).join("\n")}`)
    .join("\n");
}

function section(group: string, rule: Rule): string {
  const { id, title, severity, level = "mandatory", stacks, settings = {}, references, mend, remedy } = rule;
  const lines = [
    `- Severity: ${severity}; ${level}${stacks ? `, in the stacks ${stacks.join(", ")}` : ""}`,
    `- From: ${references.map(({ standard, control, url }) => `[${standard}, ${control}](${url})`).join("; ")}`,
    ...Object.entries(settings as Record<string, Setting<unknown>>).map(
      ([name, setting]) =>
        `- Setting \`${name}\`: ${setting.description} Default: \`${JSON.stringify(setting.default)}\``,
    ),
    `- Mend: ${mend}`,
    ...(remedy
      ? [
          `- At the level \`remediate\`: sets \`${remedy.path}: ${JSON.stringify(remedy.value)}\` where nothing is set.`,
        ]
      : []),
  ];
  return `### [${id}](../policies/${group}/${id}.ts)\n\n${title}\n\n${lines.join("\n")}\n`;
}
