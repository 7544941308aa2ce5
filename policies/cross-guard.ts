import {
  type Policies,
  type PolicyConfigSchema,
  type ReportViolation,
  type ResourceValidationArgs,
  UnknownValueError,
} from "@pulumi/policy";
import { examine, type Finding } from "./examine";
import { Field, unknown } from "./field";
import type { Rule } from "./rule";

/** What a policy's config says, in the file that `--policy-pack-config` names. */
interface RuleConfig {
  /** Objects that the rule is not asked of. */
  readonly exempt?: readonly {
    /** As `namespace/name`. */
    readonly resource: string;
    readonly reason: string;
  }[];
}

const configSchema: PolicyConfigSchema = {
  properties: {
    exempt: {
      type: "array",
      description: "The objects that this rule is not asked of. Each is named in a warning.",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["resource", "reason"],
        properties: {
          resource: { type: "string", pattern: "^[^/]+/[^/]+$", description: "Its namespace/name." },
          reason: { type: "string", pattern: "\\S", description: "Why it may do without." },
        },
      },
    },
  },
};

/** The rules as CrossGuard policies, one each, and two that warn of what the rules could not or need not say. */
export function crossGuardPolicies(rules: readonly Rule[]): Policies {
  const examined = examineOnce(rules);
  return [
    ...rules.map((rule) => ({
      name: rule.name,
      description: rule.description,
      enforcementLevel: "mandatory" as const,
      severity: rule.severity,
      framework: {
        name: rule.standard.name,
        version: "",
        reference: rule.standard.url,
        specification: [rule.standard.level, rule.standard.control].filter(Boolean).join(": "),
      },
      remediationSteps: rule.mend,
      url: rule.standard.url,
      configSchema,
      validateResource: (args: ResourceValidationArgs, report: ReportViolation) => {
        const config = args.getConfig<RuleConfig>();
        if (args.type === "pulumi:pulumi:Stack") return checkConfig(config, rule, report);
        const resource = examined(args);
        const broken = resource.findings.filter((each) => each.rule === rule && !each.field.isUnknown);
        const exemption = config.exempt?.find((each) => each.resource === resource.name);
        if (exemption)
          resource.exemptions.push({ rule, reason: exemption.reason, isNeeded: broken.length > 0 });
        else if (broken.length > 0) report(message(resource.name, broken, rule));
      },
    })),
    {
      name: "exemptions",
      description: "Objects that the pack's config exempts from a rule.",
      enforcementLevel: "advisory",
      validateResource: (args, report) => {
        const { name, exemptions } = examined(args);
        for (const { rule, reason, isNeeded } of exemptions) {
          report(
            isNeeded
              ? `${name} is exempt from ${rule.name}: ${reason}`
              : `${name} satisfies ${rule.name}: take its exemption out of the pack's config.`,
          );
        }
      },
    },
    {
      name: "unknown-before-up",
      description: "Values that are not known before up cannot be checked in a preview: up checks them.",
      enforcementLevel: "advisory",
      validateResource: (args, report) => {
        const { name, findings } = examined(args);
        const unknowns = findings.filter((finding) => finding.field.isUnknown);
        for (const path of new Set(unknowns.map(({ field }) => field.path))) {
          const names = unknowns.filter(({ field }) => field.path === path).map(({ rule }) => rule.name);
          report(`${name}: ${path} is not known yet; ${[...new Set(names)].join(", ")} will check it.`);
        }
      },
    },
  ];
}

function message(resource: string, findings: readonly Finding[], rule: Rule): string {
  return [`${resource}:`, ...findings.map(({ field }) => `  ${field.path} ${field}`), rule.mend].join("\n");
}

/** The CLI checks what it finds under `exempt`, and takes any other key without a word. */
function checkConfig(config: object, rule: Rule, report: ReportViolation) {
  for (const key of Object.keys(config).filter((each) => !(each in configSchema.properties))) {
    report(`The config of ${rule.name} has "${key}", which is not a key of it: "exempt" is.`);
  }
}

interface Examined {
  /** As `namespace/name`. */
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Filled by the rules' policies, which run before the one that prints it. */
  readonly exemptions: { rule: Rule; reason: string; isNeeded: boolean }[];
}

/**
 * CrossGuard hands every policy its own copy of a resource, so there is nothing to remember a result by. But it runs
 * all policies on one resource without a pause in which another could come in between: until then, a result holds.
 */
function examineOnce(rules: readonly Rule[]): (args: ResourceValidationArgs) => Examined {
  let last: { urn: string; examined: Examined } | undefined;
  return (args) => {
    if (last?.urn !== args.urn) {
      last = { urn: args.urn, examined: examineResource(rules, args) };
      setImmediate(() => {
        last = undefined;
      });
    }
    return last.examined;
  };
}

function examineResource(rules: readonly Rule[], { type, name, props }: ResourceValidationArgs): Examined {
  const [provider, apiVersion = "", kindOfType = ""] = type.split(":");
  if (provider !== "kubernetes") return { name, findings: [], exemptions: [] };
  const body = new Field(withUnknowns(props), "");
  const metadata = body.at("metadata");
  const kind = text(body.at("kind")) ?? kindOfType;
  return {
    name: `${text(metadata.at("namespace")) ?? "default"}/${text(metadata.at("name")) ?? name}`,
    findings: examine(
      rules,
      { apiVersion: apiVersion.replace(/^core\//, ""), kind, body },
      kindOfType === `${kind}Patch`,
    ),
    exemptions: [],
  };
}

function text({ value }: Field): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A copy in which unknown values stand as such, and do not throw when they are read. */
function withUnknowns(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copied = Object.keys(value).map((key): [string, unknown] => {
    try {
      return [key, withUnknowns(Reflect.get(value, key))];
    } catch (error) {
      if (error instanceof UnknownValueError) return [key, unknown];
      throw error;
    }
  });
  return Array.isArray(value) ? copied.map(([, item]) => item) : Object.fromEntries(copied);
}
