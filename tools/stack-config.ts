import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cliConfig } from "../config/cli-config";
import { ConfigError, parseStack, type StackConfig } from "../config/stack";
import { Failure } from "./failure";
import { root } from "./places";

/** The stacks that the checkout has a file for. */
export function stacks(): string[] {
  return readdirSync(root).flatMap((file) => /^Pulumi\.([\w-]+)\.yaml$/.exec(file)?.[1] ?? []);
}

/** A stack's config as its file has it, but for the secrets, which Pulumi alone can read. */
export function stackConfig(stack: string): StackConfig {
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new Failure(
      `There is no stack ${stack} here: Pulumi.${stack}.yaml is missing. There are: ${stacks().join(", ")}.`,
    );
  try {
    return parseStack({
      stack,
      values: cliConfig(readFileSync(file, "utf8")),
      secretKeys: new Set(),
      local: true,
      projectDirectory: root,
    });
  } catch (error) {
    throw error instanceof ConfigError ? new Failure(error.message) : error;
  }
}
