import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { handedOver } from "../config/cli-config";
import { root } from "./places";
import { pulumi } from "./pulumi-cli";

/** An update of a stack, as the backend of its state keeps it: every backend does, with the config that it had. */
export interface Update {
  /** Counts from 1 for the oldest. */
  readonly number: number;
  readonly begun: string;
  readonly ended?: string;
  /** The author of the commit that was rolled out, or the CI that ran the update. */
  readonly by?: string;
  readonly message: string;
  /** The commit of the program; undefined outside a Git checkout. */
  readonly commit?: string;
  /** Whether the checkout had changes that were not committed. */
  readonly isDirty: boolean;
  readonly result: "succeeded" | "failed" | "in-progress";
  /** The stack's config by key, as `pulumi.runtime.allConfig()` has it, without its secrets. */
  readonly config: Readonly<Record<string, string>>;
  /** The keys of its secrets, whose values are not kept. */
  readonly secretKeys: readonly string[];
}

/** The updates of a stack, newest first; previews, refreshes and the like are none. */
export async function updates(stack: string): Promise<Update[]> {
  // The CLI lists ten by default, and all for 0.
  const history = await pulumi("stack", "history", "--json", "--page-size", "0", "--stack", stack);
  const kept = JSON.parse(history) as Kept[];
  const defaults = projectDefaults();
  return kept
    .map((each, index) => ({ ...each, number: kept.length - index }))
    .filter(({ kind }) => kind === "update")
    .map((each) => update(each, defaults));
}

/** The stack that is selected. */
export async function selectedStack(): Promise<string> {
  return (await pulumi("stack", "--show-name")).trim();
}

/** As the CLI's JSON has it. */
interface Kept {
  readonly kind: string;
  readonly startTime: string;
  readonly endTime?: string;
  readonly message: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, { readonly value?: string; readonly secret: boolean }>>;
  readonly result: Update["result"];
}

/** The defaults of Pulumi.yaml: the backend keeps them among what the stack's own file says. */
function projectDefaults(): Readonly<Record<string, string>> {
  const { config } = parse(readFileSync(join(root, "Pulumi.yaml"), "utf8")) as {
    config: Record<string, { default: unknown }>;
  };
  return handedOver(Object.fromEntries(Object.entries(config).map(([key, value]) => [key, value.default])))
    .values;
}

function update(
  { number, startTime, endTime, message, environment, config, result }: Kept & { readonly number: number },
  defaults: Readonly<Record<string, string>>,
): Update {
  const values = Object.entries(config);
  return {
    number,
    begun: startTime,
    ended: endTime,
    by: environment["ci.system"] ?? environment["git.author"],
    message,
    commit: environment["git.head"],
    isDirty: environment["git.dirty"] === "true",
    result,
    config: Object.fromEntries(
      values.flatMap(([key, { value = "", secret }]) =>
        secret || value === defaults[key] ? [] : [[key, value]],
      ),
    ),
    secretKeys: values.flatMap(([key, { secret }]) => (secret ? key : [])),
  };
}
