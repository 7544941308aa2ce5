import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, parseStack, type StackConfig } from "../config/stack";
import { StackFile } from "../config/stack-file";
import { Failure } from "./failure";
import { root } from "./places";

/** The file of a stack's config, which has to be there. */
export function stackFile(stack: string): string {
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new Failure(`There is no Pulumi.${stack}.yaml. The stacks here: ${stacks().join(", ")}.`);
  return file;
}

/** The stacks that the checkout has a file for. */
export function stacks(): string[] {
  return readdirSync(root)
    .flatMap((file) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .filter((stack) => !stack.endsWith(".deploy"));
}

/** A stack's config as its file has it, but for the secrets, which Pulumi alone can read. */
export function stackConfig(stack: string): StackConfig {
  stackFile(stack);
  try {
    const handedOver = new StackFile(root, stack).handedOver();
    return parseStack({ stack, ...handedOver, local: true, projectDirectory: root });
  } catch (error) {
    throw error instanceof ConfigError ? new Failure(error.message) : error;
  }
}
