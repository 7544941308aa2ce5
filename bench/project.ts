import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { Failure } from "../tools/failure";
import { root } from "../tools/places";
import { copyProject } from "../tools/project-copy";
import type { Place } from "./measure";

/** One: agentsmith as in dev. Five: all systems as in prod. Copies: agentsmith, so often as BENCH_COPIES says. */
export type BenchStack = "one" | "five" | "copies";

/** A copy of the project with that stack. */
export async function createProject(directory: string, stack: BenchStack, env: Place["env"]): Promise<Place> {
  copyProject(directory);
  const file = (name: string) => join(directory, name);
  cpSync(file(stack === "five" ? "stacks/prod" : "stacks/dev"), file(`stacks/${stack}`), { recursive: true });
  writeFileSync(
    file(`Pulumi.${stack}.yaml`),
    stack === "five" ? readFileSync(file("Pulumi.prod.yaml")) : "config:\n  muster:agentsmith: {}\n",
  );
  if (stack === "copies") edit(file("main.js"), '"index.ts"', '"bench/copies/index.ts"');
  const place = { cwd: directory, env };
  await execa("pulumi", ["stack", "init", stack, "--non-interactive"], place);
  return place;
}

/** The same project and stack without the comparison with the cluster. What is declared hangs on what that serves. */
export async function withoutComparison({ cwd, env }: Place, directory: string): Promise<Place> {
  cpSync(cwd, directory, { recursive: true });
  edit(join(directory, "index.ts"), "await heldAgainstCluster(program, cluster)", "program.run([])");
  const place = { cwd: directory, env };
  await execa("pulumi", ["stack", "select", "five"], place);
  return place;
}

function edit(file: string, before: string, after: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.includes(before)) throw new Failure(`${file} has no \`${before}\` any more.`);
  writeFileSync(file, text.replace(before, after));
}

/** A Pulumi program of one ConfigMap, in plain JavaScript: what Pulumi itself takes. */
export async function createEmptyProgram(directory: string, env: Place["env"]): Promise<Place> {
  mkdirSync(directory);
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "Pulumi.yaml"), "name: empty\nruntime: nodejs\nmain: index.js\n");
  writeFileSync(join(directory, "package.json"), '{ "name": "empty", "private": true }\n');
  writeFileSync(
    join(directory, "index.js"),
    'const { core } = require("@pulumi/kubernetes");\nnew core.v1.ConfigMap("one", { data: { key: "value" } });\n',
  );
  const place = { cwd: directory, env };
  await execa("pulumi", ["stack", "init", "empty", "--non-interactive"], place);
  return place;
}

/** Changes the dispatcher's image in the stack. */
export async function setImage(project: Place, image: string): Promise<void> {
  await execa("pulumi", ["config", "set", "--path", "muster:agentsmith.image.dispatcher", image], project);
}
