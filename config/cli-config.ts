import { parse } from "yaml";
import { isMapping } from "./values/scalar";

/**
 * What pulumi.runtime.allConfig() holds for a stack's file, as the CLI passes it on: objects and lists as JSON,
 * null as an empty text, other scalars as text, and keys without a namespace in the project's own. Encrypted values
 * are left out: the CLI alone can read them.
 */
export function cliConfig(stackFile: string): Record<string, string> {
  // With merge keys, and as nothing where the file is empty, as the CLI has it.
  const { config } = (parse(stackFile, { merge: true }) ?? {}) as { config?: Record<string, unknown> | null };
  return handedOver(config ?? {});
}

/** The same, of the `config` of a file that has been read. */
export function handedOver(config: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => !(isMapping(value) && "secure" in value))
      .map(([key, value]) => [key.includes(":") ? key : `muster:${key}`, configText(value)]),
  );
}

function configText(value: unknown): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
