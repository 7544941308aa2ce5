import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RawConfig } from "../../config/raw-config";
import { ConfigError } from "../../config/stack";
import { StackFile } from "../../config/stack-file";
import { parseStack, type StackConfig } from "../../systems";

/** A project's directory with the given files, removed with `using`. */
export class StackDirectory implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "muster-config-"));

  constructor(files: Readonly<Record<string, string>> = { "stacks/dev/agentsmith.yml": "secrets: {}\n" }) {
    for (const [name, content] of Object.entries(files)) this.write(name, content);
  }

  write(name: string, content: string): void {
    mkdirSync(dirname(join(this.path, name)), { recursive: true });
    writeFileSync(join(this.path, name), content);
  }

  /** Parses a stack's file as the program does. */
  parse(stackFile: string, { stack = "dev", local = true, ...rest }: Partial<RawConfig> = {}): StackConfig {
    this.write(`Pulumi.${stack}.yaml`, stackFile);
    const file = new StackFile(this.path, stack).handedOver();
    const { values, secretKeys = file.secretKeys } = rest;
    return parseStack({
      stack,
      local,
      secretKeys,
      values: { ...file.values, ...values },
      projectDirectory: this.path,
    });
  }

  /** The error that a stack's file is refused with. */
  refusal(stackFile: string, raw: Partial<RawConfig> = {}): ConfigError {
    try {
      this.parse(stackFile, raw);
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
    throw new Error(`Taken, and not to be:\n${stackFile}`);
  }

  /** The message of that error, if there is one. */
  messageOf(stackFile: string, raw: Partial<RawConfig> = {}): string | undefined {
    try {
      this.parse(stackFile, raw);
      return undefined;
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}
