import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { parse } from "yaml";
import { changeInWords, changesBetween } from "../config/changes";
import { type Edit, editedStackFile } from "../config/edit-stack-file";
import { systems } from "../systems";
import { command, Failure } from "../tools/failure";
import { stackConfig, stackValues } from "../tools/stack-config";
import { stackFile } from "../tools/stack-files";

new Command("set")
  .description(
    "Sets values of a stack's file, which keeps its comments and its form. Nothing is written unless the whole config is right. What comes next: pulumi up.",
  )
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .argument(
    "<path=value...>",
    "such as thebot.image.backend=thebot/backend:v2; without a value, it is taken out",
  )
  .action((assignments: string[], { stack }: { stack: string }) =>
    command(async () => set(stack, assignments)),
  )
  .parse();

function set(stack: string, assignments: readonly string[]): void {
  const file = stackFile(stack);
  const text = readFileSync(file, "utf8");
  // What is wrong already is said by its line.
  stackConfig(stack);
  const changed = editedStackFile(text, assignments.map(editOf));
  stackConfig(stack, changed);
  const changes = changesBetween(stackValues(stack, text), stackValues(stack, changed));
  writeFileSync(file, changed);
  console.log(changes.length > 0 ? changes.map(changeInWords).join("\n") : "It says so already.");
}

function editOf(assignment: string): Edit {
  const [, path, value] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
  if (path === undefined || value === undefined)
    throw new Failure(
      `${assignment}: a path, = and a value are wanted, such as thebot.image.backend=thebot/backend:v2.`,
    );
  // As Pulumi's own --path: names between dots, or in brackets and quotes.
  const [first, ...rest] = [...path.matchAll(/\["([^"]*)"\]|([^.[\]]+)/g)].map(
    ([, quoted, name]) => quoted ?? name!,
  );
  const key = first!.includes(":") ? first! : `muster:${first}`;
  if (Object.keys(systems).some((system) => key.startsWith(`${system}:`)))
    throw new Failure(
      `${key} is a secret, which the Pulumi CLI encrypts: pulumi config set --secret ${key}. It is taken out with: pulumi config rm ${key}.`,
    );
  return { path: [key, ...rest], value: value === "" ? undefined : yamlOf(assignment, value) };
}

function yamlOf(assignment: string, text: string): unknown {
  try {
    return parse(text);
  } catch {
    throw new Failure(`${assignment}: what follows = is no YAML. In quotes it is a text: '"${text}"'.`);
  }
}
