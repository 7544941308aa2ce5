import { readFileSync } from "node:fs";
import { placeOf } from "../../program";
import { type DeclaredSystem, declaredSystems } from "../../systems";
import { Failure } from "../../tools/failure";
import { stackConfig } from "../../tools/stack-config";
import { stackFile } from "../../tools/stack-files";
import { notesOf } from "./notes";

/** What to do next with what runs in a stack, or with one system of it, as a screen has it. */
export function notes(stack: string, only?: string): string {
  const file = readFileSync(stackFile(stack), "utf8");
  const config = stackConfig(stack);
  const { context } = placeOf(config);
  const all = declaredSystems(config);
  const wanted = all.filter(({ declared: { name } }) => name === (only ?? name));
  if (wanted.length === 0) {
    const names = all.map(({ declared: { name } }) => name).join(", ");
    throw new Failure(`${only} does not run in ${stack}. What does: ${names}.`);
  }
  return wanted.map((each) => notesOfSystem(each, { stack, file, context })).join("\n\n");
}

interface NotedStack {
  readonly stack: string;
  /** What stands in its file. */
  readonly file: string;
  readonly context?: string;
}

function notesOfSystem(system: DeclaredSystem, { stack, file, context }: NotedStack): string {
  const { name, ingress } = system.declared;
  const rows = [
    ...notesOf(system, context).map(({ what, command }) => [what, command] as const),
    ...secretRows(system, stack, file),
    ["runbook", `docs/systems/${name}.md#runbook`] as const,
  ];
  const width = Math.max(...rows.map(([what]) => what.length));
  const url = ingress ? `  ${ingress.tls ? "https" : "http"}://${ingress.hosts[0]!.host}` : "";
  return [`${name}${url}`, ...rows.map(([what, text]) => `  ${what.padEnd(width)}  ${text}`)].join("\n");
}

/** Secrets that the stack's file gives no value yet, and how to give one. */
function secretRows(
  { declared: { name }, secrets: { missing } }: DeclaredSystem,
  stack: string,
  file: string,
) {
  const without = missing.filter((key) => !file.includes(`${name}:${key}:`));
  const [first] = without;
  if (first === undefined) return [];
  return [
    ["no value yet", without.join(", ")],
    ["give one", `pulumi config set --secret ${name}:${first} --stack ${stack}`],
  ] as const;
}
