import { kubernetes } from "../references";
import type { Rule } from "../rule";

export const envNames: Rule = {
  id: "env-names",
  title: "A variable must be set once: the last one wins, and updates of a list with two of them lose one.",
  severity: "low",
  references: [
    kubernetes(
      "Define Environment Variables for a Container",
      "tasks/inject-data-application/define-environment-variable-container/",
    ),
  ],
  mend: "Take the first one out.",
  checkContainer(container, report) {
    const seen = new Set<string>();
    for (const variable of container.field.at("env").items()) {
      const { text } = variable.at("name");
      if (text !== undefined && seen.has(text)) report(variable.at("name"), "it is set before, too");
      if (text !== undefined) seen.add(text);
    }
  },
};
