import type { Finding } from "./issue";
import { formatPath, type Path } from "./path";
import type { RawConfig } from "./raw-config";
import { StackFile } from "./stack-file";

/** What is wrong with a key of Muster's settings that holds encrypted values, wherever in it they stand. */
export function misplacedSecrets(
  key: string,
  /** The secrets of the system, by their keys. */
  declared: Readonly<Record<string, unknown>>,
  { projectDirectory, stack }: Pick<RawConfig, "projectDirectory" | "stack">,
): Finding[] {
  const places = new StackFile(projectDirectory, stack).encryptedIn(key);
  return (places.length > 0 ? places : [[key]]).map((path) => ({
    path,
    message: "It holds a secret value, which would end up in plain text.",
    accepts: "secrets on keys of their own, such as agentsmith:slack-bot-token",
    mend: mendOf(path, declared, stack),
  }));
}

/** The mend of the usual slip: a secret's value where only its source belongs, at `secrets.keys.<name>`. */
export function mendOf(
  path: Path,
  declared: Readonly<Record<string, unknown>>,
  stack: string,
): string | undefined {
  const [key, secrets, keys, secret, ...rest] = path;
  if (secrets !== "secrets" || keys !== "keys" || rest.length > 0) return undefined;
  if (!Object.hasOwn(declared, secret ?? "")) return undefined;
  const system = String(key).replace(/^muster:/, "");
  return `pulumi config rm --path '${formatPath(path)}' --stack ${stack}, then pulumi config set --secret ${system}:${secret} --stack ${stack}`;
}
