import type { SystemDeclaration, SystemGraph } from "../components/declaration";
import { systemGraphs } from "../components/system-graph";
import { agentsmith as agentsmithConfig } from "../config/agentsmith";
import type { RawConfig } from "../config/raw-config";
import { rtcEgress as rtcEgressConfig } from "../config/rtc-egress";
import type { SuppliedSecrets } from "../config/secrets";
import { type ParsedStack, parseConfig } from "../config/stack";
import type { SystemConfig, SystemDefinition } from "../config/system";
import { thebot as thebotConfig } from "../config/thebot";
import { vomeetBot as vomeetBotConfig } from "../config/vomeet-bot";
import { wbot as wbotConfig } from "../config/wbot";
import { agentsmith } from "./agentsmith";
import { rtcEgress } from "./rtc-egress";
import { thebot } from "./thebot";
import { vomeetBot } from "./vomeet-bot";
import { wbot } from "./wbot";

/** The systems that a stack may run: of each, what its operators may say, and what becomes of that. */
export const systems = {
  agentsmith: system(agentsmithConfig, agentsmith),
  "vomeet-bot": system(vomeetBotConfig, vomeetBot),
  wbot: system(wbotConfig, wbot),
  "rtc-egress": system(rtcEgressConfig, rtcEgress),
  thebot: system(thebotConfig, thebot),
};

function system<D extends SystemDefinition>(
  definition: D,
  declare: (config: SystemConfig<D>) => SystemDeclaration,
) {
  return { ...definition, declare };
}

export type SystemName = keyof typeof systems;
export type StackConfig = ParsedStack<typeof systems>;

/** Parses the whole config of a stack, or throws a ConfigError with every error in it. */
export function parseStack(raw: RawConfig): StackConfig {
  return parseConfig(raw, systems);
}

export interface DeclaredSystem {
  readonly declared: SystemGraph;
  readonly secrets: SuppliedSecrets;
  /** Whether it takes over what is in its namespace already. */
  readonly adopts: boolean;
  /** The namespace that it may leave for another. */
  readonly movesFrom?: string;
  /** Servers of its own, with a volume, that it may leave. */
  readonly leaves: readonly string[];
}

/** The systems that a stack runs, declared and checked. */
export function declaredSystems(config: StackConfig): DeclaredSystem[] {
  const names = Object.keys(systems) as SystemName[];
  const running = names.flatMap((name) => declaredSystem(config, name) ?? []);
  const graphs = systemGraphs(running);
  return running.map(({ declared: _, nameInConfig, supplied, ...rest }, index) => ({
    ...rest,
    declared: graphs[index]!,
  }));
}

function declaredSystem(config: StackConfig, name: SystemName) {
  const given = config[name];
  if (!given) return undefined;
  const { secrets, adopt, movesFrom, leaves } = given;
  const { declare, secrets: known } = systems[name];
  const supplied = { known: Object.keys(known), given: namesOf(secrets) };
  // The compiler does not see that the two have the same name.
  const declared = declare(given as never);
  return { declared, nameInConfig: name, supplied, secrets, adopts: adopt, movesFrom, leaves };
}

/** The secrets that a stack says anything of. */
function namesOf({ values, missing, generated, onepassword, external }: SuppliedSecrets): string[] {
  const all = { ...values, ...generated, ...onepassword?.keys, ...external?.keys };
  return [...Object.keys(all), ...missing].filter((name) => name !== external?.token);
}
