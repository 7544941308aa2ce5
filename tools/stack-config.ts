import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { YAMLParseError } from "yaml";
import { cliConfig } from "../config/cli-config";
import { withoutSecrets } from "../config/secret-looking";
import { ConfigError, parseStack, type StackConfig } from "../config/stack";
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
  const file = stackFile(stack);
  try {
    return parseStack({
      stack,
      values: cliConfig(readFileSync(file, "utf8")),
      secretKeys: new Set(),
      local: true,
      projectDirectory: root,
    });
  } catch (error) {
    if (error instanceof ConfigError) throw new Failure(error.message);
    if (!(error instanceof YAMLParseError)) throw error;
    // Its first line says what and where; the others quote the file.
    throw new Failure(`Pulumi.${stack}.yaml is not YAML: ${withoutSecrets(error.message.split("\n")[0]!)}`);
  }
}
