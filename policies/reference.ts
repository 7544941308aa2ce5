import type { Rule } from "./rule";
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

function section(group: string, { name, description, severity, standard, mend }: Rule): string {
  const source = [standard.name, standard.level, standard.control].filter(Boolean).join(", ");
  return `### [${name}](../policies/${group}/${name}.ts)

${description}

- Severity: ${severity}
- From: [${source}](${standard.url})
- Mend: ${mend}
`;
}
