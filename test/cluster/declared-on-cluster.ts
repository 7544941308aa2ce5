import { type ComparisonConfig, compare } from "../../cluster/comparison/compare";
import { type DeclaredObject, declaredObjects } from "../../cluster/comparison/declared-objects";
import type { ReachedCluster } from "../../cluster/connect";
import { Kinds } from "../../cluster/kinds";
import { cluster as provider } from "../../components/cluster";
import { System } from "../../components/system";
import { declaredSystems, type StackConfig } from "../../systems";
import { kubernetes } from "../harness/kubernetes";

// A stack held against the test cluster without an engine: a comparison takes milliseconds so.

/** The objects that a stack would be on a user's cluster. */
export function declaredOf(config: StackConfig): Promise<DeclaredObject[]> {
  const { stack } = config;
  const { images } = config.cluster;
  return declaredObjects({ project: "muster", stack }, (noting) => {
    const opts = { provider: provider({ name: stack }), transformations: [noting] };
    for (const { declared, secrets } of declaredSystems(config))
      new System(declared.name, { stack, declared, secrets, images }, opts);
  });
}

/** The test cluster, asked as its administrator or as a service account, as a user's own. */
export async function usersCluster(asServiceAccount?: string): Promise<ReachedCluster> {
  const api = kubernetes({ asServiceAccount });
  return { api, kinds: await Kinds.of(api), isLocal: false, exec: async () => {} };
}

/** What a comparison finds where Pulumi's record has these objects. */
export function held(
  declared: readonly DeclaredObject[],
  cluster: ReachedCluster,
  inRecord: readonly DeclaredObject[] = [],
  config: ComparisonConfig = {},
) {
  const recorded = inRecord.flatMap(({ urns, manifest }) => urns.map((urn) => [urn, manifest] as const));
  return compare({ declared, cluster, recorded: async () => new Map(recorded), ...config });
}
