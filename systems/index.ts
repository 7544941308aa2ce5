import type { SystemDeclaration } from "../components/system";
import type { StackConfig, SuppliedSecrets } from "../config/stack";
import { agentsmith } from "./agentsmith";
import { thebot } from "./thebot";
import { vomeetBot } from "./vomeet-bot";

export interface DeclaredSystem {
  readonly declared: SystemDeclaration;
  readonly secrets: SuppliedSecrets;
}

/** The systems that a stack runs, declared. */
export function declaredSystems(config: StackConfig): DeclaredSystem[] {
  return [
    config.agentsmith && { declared: agentsmith(config.agentsmith), secrets: config.agentsmith.secrets },
    config["vomeet-bot"] && {
      declared: vomeetBot(config["vomeet-bot"]),
      secrets: config["vomeet-bot"].secrets,
    },
    config.thebot && { declared: thebot(config.thebot), secrets: config.thebot.secrets },
  ].filter((each) => each !== undefined);
}
