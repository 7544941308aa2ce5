import { ConfigError } from "../config/stack";
import { StackFile } from "../config/stack-file";
import { parseStack, type StackConfig } from "../systems";
import { Failure } from "./failure";
import { root } from "./places";
import { stackFile } from "./stack-files";

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
