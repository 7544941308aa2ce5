import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { version } from "../../policies/package.json";
import type { Rule } from "../../policies/rule";
import type { Verdict, Violation } from "./judge";

export const formats = { text, json, sarif };

/** For people: a line for each field, by file. */
function text({ objects, violations, exemptions, stale }: Verdict): string {
  const mandatory = violations.filter(({ level }) => level === "mandatory").length;
  const lines = violations.flatMap(({ rule, level, object, found, file, line }) => [
    `${file}:${line}: ${level === "advisory" ? "warning: " : ""}${rule.id}: ${object}: ${found}`,
    `    ${rule.mend}`,
  ]);
  return [
    ...lines,
    ...exemptions.map((each) => `exempt: ${each}`),
    ...stale.map((each) => `stale-exemptions: ${each}`),
    `${objects} objects: ${mandatory + stale.length} violations, ${violations.length - mandatory} warnings, ${exemptions.length} exemptions`,
  ].join("\n");
}

function json({ violations, ...rest }: Verdict): string {
  const shown = violations.map(({ rule: { id, title, severity, references, mend }, ...place }) => ({
    rule: id,
    severity,
    ...place,
    title,
    mend,
    references,
  }));
  return JSON.stringify({ ...rest, violations: shown }, undefined, 2);
}

/** For code scanning: the Static Analysis Results Interchange Format, 2.1.0. */
function sarif({ violations, stale }: Verdict): string {
  const rules = [...new Set(violations.map(({ rule }) => rule))];
  const results = violations.map((each) => sarifResult(each, rules.indexOf(each.rule)));
  const ofConfig = stale.map((message) => ({
    ruleId: "stale-exemptions",
    level: "error",
    message: { text: message },
  }));
  return JSON.stringify(
    {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [
        {
          tool: { driver: { name: "muster-policies", version, rules: rules.map(sarifRule) } },
          results: [...results, ...ofConfig],
        },
      ],
    },
    undefined,
    2,
  );
}

function sarifRule({ id, title, severity, references: [{ url }], mend }: Rule) {
  const scores = { low: "3.0", medium: "5.0", high: "7.5", critical: "9.5" };
  return {
    id,
    shortDescription: { text: title },
    help: { text: mend },
    helpUri: url,
    properties: { "security-severity": scores[severity] },
  };
}

function sarifResult({ rule, level, object, found, file, line }: Violation, ruleIndex: number) {
  return {
    ruleId: rule.id,
    ruleIndex,
    level: level === "mandatory" ? "error" : "warning",
    message: { text: `${object}: ${found}. ${rule.mend}` },
    locations: [
      { physicalLocation: { artifactLocation: { uri: uriOf(file) }, region: { startLine: line } } },
    ],
  };
}

function uriOf(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : encodeURI(file);
}
