import { ConfigError } from "../config/stack";
import { StackFile } from "../config/stack-file";
import { parseStack, type StackConfig } from "../systems";
import { Failure } from "./failure";
import { root } from "./places";
import { stackFile } from "./stack-files";

/**
 * A stack's config as its file has it, or as a text has it that may become the file; but for the secrets, which Pulumi
 * alone can read.
 */
export function stackConfig(stack: string, text?: string): StackConfig {
  stackFile(stack);
  try {
    const handedOver = new StackFile(root, stack, text).handedOver();
    return parseStack({ stack, ...handedOver, local: true, projectDirectory: root });
  } catch (error) {
    throw error instanceof ConfigError ? new Failure(error.message) : error;
  }
}

/** What such a text says, by key. */
export function stackValues(stack: string, text: string): Readonly<Record<string, string>> {
  return new StackFile(root, stack, text).handedOver().values;
}
