import { type State, worstOf } from "../../cluster/status/state";
import { type SystemStatus, systemStatus } from "../../cluster/status/system-status";
import { declaredSystems } from "../../systems";
import { stackConfig } from "../../tools/stack-config";
import { type Update, updates } from "../../tools/stack-history";
import { inText, isAsDeclared, stackInCluster } from "../drift/comparison";

/** How a stack stands. */
export interface StackStatus {
  readonly stack: string;
  readonly state: State;
  readonly lastUpdate?: Omit<Update, "config" | "secretKeys">;
  readonly systems: readonly SystemStatus[];
  /** What is not in the cluster as it is declared, in lines as `npm run drift` has them. */
  readonly differs: readonly string[];
}

/** Looks at a stack, as often as it is asked. */
export async function statusOf(stack: string): Promise<() => Promise<StackStatus>> {
  // A process of its own, which is done by the time that the rest is known.
  let begun: Promise<Update[]> | undefined = updates(stack);
  begun.catch(() => {});
  const config = stackConfig(stack);
  const { api, isLocal, compare } = await stackInCluster(config);
  const systems = declaredSystems(config).map(({ declared }) => declared);
  return async () => {
    const [found, compared, [last]] = await Promise.all([
      Promise.all(systems.map((system) => systemStatus(api, system, { isLocal }))),
      compare(),
      begun ?? updates(stack),
    ]);
    begun = undefined;
    const differs = isAsDeclared(compared) ? [] : inText(compared).split("\n");
    const states = found.map(({ state }) => state);
    return {
      stack,
      state: worstOf([...states, ...(differs.length > 0 ? (["not well"] as const) : [])]),
      lastUpdate: last && withoutConfig(last),
      systems: found,
      differs,
    };
  };
}

function withoutConfig({ config: _, secretKeys: __, ...update }: Update) {
  return update;
}
