import type { SystemDeclaration, SystemGraph } from "../components/declaration";
import { systemGraphs } from "../components/system-graph";
import { type StackConfig, type SuppliedSecrets, type SystemName, systems } from "../config/stack";
import { agentsmith } from "./agentsmith";
import { rtcEgress } from "./rtc-egress";
import { thebot } from "./thebot";
import { vomeetBot } from "./vomeet-bot";
import { wbot } from "./wbot";

export interface DeclaredSystem {
  readonly declared: SystemGraph;
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

/** The systems that a stack runs, declared and checked. */
export function declaredSystems(config: StackConfig): DeclaredSystem[] {
  const names = Object.keys(systems) as SystemName[];
  const running = names.flatMap((name) => declaredSystem(config, name) ?? []);
  const graphs = systemGraphs(running);
  return running.map(({ secrets }, index) => ({ declared: graphs[index]!, secrets }));
}

function declaredSystem<S extends SystemName>(config: StackConfig, name: S) {
  const given = config[name];
  if (!given) return undefined;
  const { secrets } = given;
  const supplied = { known: Object.keys(systems[name].secrets), given: namesOf(secrets) };
  return { declared: declare[name](given), secrets, supplied };
}

/** The secrets that a stack says anything of. */
function namesOf({ values, missing, generated, onepassword, external }: SuppliedSecrets): string[] {
  const all = { ...values, ...generated, ...onepassword?.keys, ...external?.keys };
  return [...Object.keys(all), ...missing].filter((name) => name !== external?.token);
}
