import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { cliConfig } from "../config/cli-config";
import { ConfigError, parseStack, type StackConfig } from "../config/stack";
import { declaredSystems } from "../systems";
import { command, Failure } from "../tools/failure";
import { root } from "../tools/places";
import { sizeOf } from "./size/size";
import { table } from "./size/table";

new Command("size")
  .description(
    "What each system of a stack asks of its cluster, at least and at most. Asks no cluster itself.",
  )
  .requiredOption("-s, --stack <stack>", "the stack, as in Pulumi.<stack>.yaml")
  .action(({ stack }: { stack: string }) =>
    command(async () => {
      const systems = declaredSystems(configOf(stack)).map(({ declared }) => declared);
      for (const { name, workloads } of systems) console.log(`${name}\n\n${table(sizeOf(workloads))}\n`);
      if (systems.length === 1) return;
      const all = sizeOf(systems.flatMap(({ workloads }) => workloads));
      console.log(`all systems\n\n${table({ ...all, workloads: [] })}`);
    }),
  )
  .parse();

function configOf(stack: string): StackConfig {
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file)) {
    const names = readdirSync(root).flatMap((name) => /^Pulumi\.(.+)\.yaml$/.exec(name)?.[1] ?? []);
    throw new Failure(
      `There is no stack ${stack} here: Pulumi.${stack}.yaml is missing. There are: ${names.join(", ")}.`,
    );
  }
  try {
    return parseStack({
      stack,
      values: cliConfig(readFileSync(file, "utf8")),
      secretKeys: new Set(),
      // Without a passphrase no secret can be read, and no size hangs on one.
      local: true,
      projectDirectory: root,
    });
  } catch (error) {
    throw error instanceof ConfigError ? new Failure(error.message) : error;
  }
}
