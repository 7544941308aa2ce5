import { RunError } from "@pulumi/pulumi/errors";
import { Command } from "commander";
import { isWithheld } from "../components/declared-resource";
import { declaredResources } from "../components/declared-resources";
import { Field, unknown } from "../policies/field";
import { Resource } from "../policies/resource";
import { rules } from "../policies/rules";
import { programOf } from "../program";
import { command, Failure } from "../tools/failure";
import { stackConfig } from "../tools/stack-config";
import { stacks } from "../tools/stack-files";
import { packConfig } from "./policy/config";
import { judge, type Verdict } from "./policy/judge";

// What a preview says of a stack's config, its declarations and the policies, without a cluster, an engine or credentials.

new Command("validate")
  .description(
    "Checks config, declarations and policies of stacks, without a cluster or credentials: what a preview would refuse.\nSecrets are not looked at: the CLI alone can read them.",
  )
  .argument("[stacks...]", "the stacks; all that have a file when left out")
  .action((named: string[]) => command(() => validate(named.length > 0 ? named : stacks())))
  .parse();

async function validate(names: readonly string[]): Promise<void> {
  const refused: string[] = [];
  for (const name of names) if (!(await isValid(name))) refused.push(name);
  if (refused.length > 0)
    throw new Failure(`Refused: ${refused.join(", ")}. The reasons are above; nothing was touched.`);
}

async function isValid(stack: string): Promise<boolean> {
  try {
    const { objects, violations } = await verdictOf(stack);
    const mandatory = violations.filter(({ level }) => level === "mandatory");
    const warnings = violations.length - mandatory.length;
    console.log(
      `${mandatory.length === 0 ? "✓" : "✗"} ${stack}  ${objects} objects: ${mandatory.length} violations, ${warnings} warnings`,
    );
    for (const { level, rule, object, found } of violations)
      console.log(
        `    ${level === "advisory" ? "warning: " : ""}${rule.id}: ${object}: ${found}\n        ${rule.mend}`,
      );
    return mandatory.length === 0;
  } catch (error) {
    if (!(error instanceof Failure) && !RunError.isInstance(error)) throw error;
    console.log(`✗ ${stack}\n${error.message}`);
    return false;
  }
}

async function verdictOf(stack: string): Promise<Verdict> {
  const { run } = await programOf(stackConfig(stack), undefined);
  const declared = await declaredResources({ project: "muster", stack }, () => void run([]));
  const manifests = declared
    .filter(({ custom }) => custom)
    .map(({ type, name, inputs }) => ({
      resource: new Resource(type, name, new Field(withUnknowns(inputs))),
      file: `Pulumi.${stack}.yaml`,
      lineOf: () => 1,
    }));
  const all = Object.values(rules).flat();
  return judge(manifests, all, packConfig(all), { stack });
}

/** A copy in which what is not known, or not shown, is unknown to the rules as it is in a preview. */
function withUnknowns(value: unknown): unknown {
  if (isWithheld(value)) return unknown;
  if (Array.isArray(value)) return value.map(withUnknowns);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withUnknowns(each)]));
}
