import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { type Exemption, exemptionSchema } from "../../policies/exemptions";
import type { Level, Rule } from "../../policies/rule";
import { type RuleConfig, schemaOf } from "../../policies/settings";
import { Failure } from "../../tools/failure";

/** What the file says that is named by `--policy-pack-config` of Pulumi, and by `--config` here. */
export interface PackConfig {
  readonly levels: ReadonlyMap<Rule, Level>;
  readonly configs: ReadonlyMap<Rule, RuleConfig>;
  readonly exempt: readonly Exemption[];
}

export function packConfig(rules: readonly Rule[], file?: string): PackConfig {
  const all = file === undefined ? {} : read(rules, file);
  const configs = new Map<Rule, RuleConfig>();
  const levels = new Map<Rule, Level>();
  for (const rule of rules) {
    const said = all[rule.id] ?? {};
    const { enforcementLevel, ...config } = typeof said === "string" ? { enforcementLevel: said } : said;
    // Files are not changed: what would mend them says so.
    const level = enforcementLevel === "remediate" ? "mandatory" : enforcementLevel;
    levels.set(rule, (level as Level | undefined) ?? rule.level ?? "mandatory");
    configs.set(rule, config);
  }
  const { exempt = [] } = (all.exemptions ?? {}) as { exempt?: readonly Exemption[] };
  return { levels, configs, exempt };
}

type Said = Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;

function read(rules: readonly Rule[], file: string): Said {
  const config = parse(file);
  const check = new Ajv({ allErrors: true, strict: false }).compile(schema(rules));
  if (check(config)) return config as Said;
  const errors = check.errors!.map(({ instancePath, message, params }) => {
    const key = "additionalProperty" in params ? ` \`${params.additionalProperty}\`` : "";
    return `  ${instancePath.slice(1).replaceAll("/", ".") || "it"} ${message}${key}`;
  });
  throw new Failure(`${file} is not a config of the pack:\n${[...new Set(errors)].join("\n")}`);
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Failure(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function schema(rules: readonly Rule[]): object {
  const level = { enum: ["advisory", "mandatory", "remediate", "disabled"] };
  const ruleConfig = (properties: object) => ({
    if: { type: "string" },
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
    then: level,
    else: {
      type: "object",
      additionalProperties: false,
      properties: { enforcementLevel: level, ...properties },
    },
  });
  const entries = rules.map((rule) => [rule.id, ruleConfig(schemaOf(rule))]);
  const properties = { ...Object.fromEntries(entries), exemptions: ruleConfig(exemptionSchema(rules)) };
  return { type: "object", additionalProperties: false, properties };
}
