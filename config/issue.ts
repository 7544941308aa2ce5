import { RunError } from "@pulumi/pulumi/errors";
import type { Path } from "./path";

/** What is wrong at a path of a stack's config, before it is known at which line; `file` is set where it is not the stack's own. */
export type Finding = Omit<ConfigIssue, "path" | "file"> & { readonly path: Path; readonly file?: string };

export interface ConfigIssue {
  /** The file at fault, as seen from the project's directory: Pulumi.prod.yaml. */
  readonly file: string;
  /** From 1; left out where the file could not be read or does not hold the path. */
  readonly line?: number;
  readonly column?: number;
  /** As a person reads it: muster:agentsmith.dispatcher.port. Empty where the whole file is meant. */
  readonly path: string;
  /** What is wrong, with the offending value unless that is a secret. */
  readonly message: string;
  /** What would be right, with an example. */
  readonly accepts?: string;
  /** The command that mends it. */
  readonly mend?: string;
}

/** A stack's config that cannot be used. Pulumi prints a RunError's message alone, without a stack trace. */
export class ConfigError extends RunError {
  readonly errors: readonly ConfigIssue[];

  constructor(errors: readonly ConfigIssue[]) {
    const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
    super(
      `The stack's config has ${count}; nothing was created or changed.\n\n${errors.map(paragraph).join("\n\n")}\n`,
    );
    this.name = "ConfigError";
    this.errors = errors;
  }
}

function paragraph({ file, line, column, path, message, accepts, mend }: ConfigIssue): string {
  const where = [file, line, column].filter((part) => part !== undefined).join(":");
  const lines = [`${where}  ${path}`.trimEnd(), `    ${message}`];
  if (accepts) lines.push(`    Accepted: ${accepts}.`);
  if (mend) lines.push(`    Mend: ${mend}`);
  return lines.join("\n");
}
