import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMap, parseDocument } from "yaml";
import { stateOf } from "./environment";
import { makeFolder } from "./folder";
import { state } from "./places";
import { say } from "./progress";
import { stackFile } from "./stack-files";

/**
 * A copy of a stack's file for a run on the local cluster, which may write its salt into it. Values that are encrypted
 * with a key of another place are left out: as for any secret without a value, a placeholder stands for each.
 */
export function localStackFile(stack: string): string {
  const text = readFileSync(stackFile(stack), "utf8");
  const path = join(state, "stacks", `Pulumi.${stack}.yaml`);
  makeFolder(dirname(path));
  writeFileSync(path, withoutForeignSecrets(stack, text));
  return path;
}

function withoutForeignSecrets(stack: string, text: string): string {
  const document = parseDocument(text, { logLevel: "silent" });
  const config = document.get("config");
  const providers = ["encryptionsalt", "secretsprovider", "encryptedkey"].filter((key) => document.has(key));
  // Pulumi itself says what is not YAML.
  if (document.errors.length > 0 || providers.length === 0 || !isMap(config)) return text;
  if (document.get("encryptionsalt") === localSalt(stack)) return text;
  for (const key of providers) document.delete(key);
  const foreign = config.items.filter(({ value }) => isMap(value) && value.has("secure"));
  for (const { key } of foreign) config.delete(key);
  if (foreign.length > 0)
    say(
      `Pulumi.${stack}.yaml: placeholders stand for ${foreign.map(({ key }) => String(key)).join(", ")}, encrypted with a key that is not of this local cluster.`,
    );
  return document.toString();
}

/** The salt by which, with the passphrase beside it, values were encrypted in the local environment. */
function localSalt(stack: string): string | undefined {
  if (!existsSync(stateOf(stack))) return undefined;
  return JSON.parse(readFileSync(stateOf(stack), "utf8")).checkpoint.latest?.secrets_providers?.state?.salt;
}
