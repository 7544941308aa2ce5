import type { RawConfig } from "./raw-config";
import { isMapping } from "./values/scalar";

export type HandedOver = Pick<RawConfig, "values" | "secretKeys">;

/**
 * What pulumi.runtime.allConfig() holds for the `config` of a stack's file, as the CLI passes it on: objects and lists
 * as JSON, null as an empty text, other scalars as text, and keys without a namespace in the project's own. The CLI
 * alone can read encrypted values: secrets are left out; what else holds one is told by its key.
 */
export function handedOver(config: unknown): HandedOver {
  const entries = Object.entries(isMapping(config) ? config : {})
    .map(([key, value]) => [key.includes(":") ? key : `muster:${key}`, value] as const)
    .filter(([key, value]) => key.startsWith("muster:") || !holdsEncrypted(value));
  return {
    values: Object.fromEntries(entries.map(([key, value]) => [key, configText(value)])),
    secretKeys: new Set(entries.filter(([, value]) => holdsEncrypted(value)).map(([key]) => key)),
  };
}

function holdsEncrypted(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(holdsEncrypted);
}

function configText(value: unknown): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
