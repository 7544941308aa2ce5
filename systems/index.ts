import type { SystemDeclaration } from "../components/declaration";
import { type StackConfig, type SuppliedSecrets, type SystemName, systems } from "../config/stack";
import { agentsmith } from "./agentsmith";
import { rtcEgress } from "./rtc-egress";
import { thebot } from "./thebot";
import { vomeetBot } from "./vomeet-bot";
import { wbot } from "./wbot";

export interface DeclaredSystem {
  readonly declared: SystemDeclaration;
  readonly secrets: SuppliedSecrets;
}

type Declare = { readonly [S in SystemName]: (config: NonNullable<StackConfig[S]>) => SystemDeclaration };

const declare: Declare = {
  agentsmith,
  "vomeet-bot": vomeetBot,
  wbot,
  "rtc-egress": rtcEgress,
  thebot,
};

/** The systems that a stack runs, declared. */
export function declaredSystems(config: StackConfig): DeclaredSystem[] {
  const names = Object.keys(systems) as SystemName[];
  return names.flatMap((name) => declaredSystem(config, name) ?? []);
}

function declaredSystem<S extends SystemName>(config: StackConfig, name: S): DeclaredSystem | undefined {
  const given = config[name];
  return given && { declared: declare[name](given), secrets: given.secrets };
}
