import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./failure";
import { root } from "./places";

/** The file of a stack's config, which has to be there. */
export function stackFile(stack: string): string {
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (!existsSync(file))
    throw new Failure(
      `There is no Pulumi.${stack}.yaml. The stacks here: ${stacks().join(", ")}. A new one: docs/config.md#a-new-stack.`,
    );
  return file;
}

/** The stacks that the checkout has a file for. */
export function stacks(): string[] {
  return readdirSync(root)
    .flatMap((file) => /^Pulumi\.([\w.-]+)\.yaml$/.exec(file)?.[1] ?? [])
    .filter((stack) => !stack.endsWith(".deploy"));
}
