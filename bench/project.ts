import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { parse, stringify } from "yaml";
import { copyProject } from "../tools/project-copy";
import type { Place } from "./measure";

/** A copy of the project with the stack `bench`; `main` is the program it runs. */
export async function createProject(directory: string, main: string, env: Place["env"]): Promise<Place> {
  copyProject(directory);
  const file = join(directory, "Pulumi.yaml");
  // A name of its own: the stacks of both programs lie in one backend.
  const project = { ...parse(readFileSync(file, "utf8")), main };
  writeFileSync(file, stringify(project));
  const stack = main === "index.ts" ? "bench" : "copies";
  const place = { cwd: directory, env };
  writeFileSync(join(directory, `Pulumi.${stack}.yaml`), stackFile);
  await execa("pulumi", ["stack", "init", stack, "--non-interactive"], place);
  return place;
}

/** Changes the dispatcher's image in the stack. */
export async function setImage(project: Place, image: string): Promise<void> {
  await execa("pulumi", ["config", "set", "--path", "muster:agentsmith.image.dispatcher", image], project);
}

const stackFile = "config:\n  muster:agentsmith: { config: stacks/dev/agentsmith.yml }\n";
