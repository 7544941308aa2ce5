import type { ApiServer } from "../../cluster/api-server";
import type { ReachedCluster } from "../../cluster/connect";
import { Kinds } from "../../cluster/kinds";

/** A user's cluster that serves these kinds (`group/version Kind`), and has lists by the end of their path. */
export async function clusterThatServes(
  kinds: readonly string[],
  lists: Readonly<Record<string, readonly object[]>> = {},
): Promise<ReachedCluster> {
  const api = {
    get: async () => ({ kind: "APIGroupDiscoveryList", items: kinds.map(group) }),
    list: async (path: string) => {
      const found = Object.entries(lists).find(([end]) => path.replace(/\?.*/, "").endsWith(end));
      if (!found) throw new Error(`${path} is forbidden`);
      return found[1];
    },
  } as unknown as ApiServer;
  return { api, kinds: await Kinds.of(api), isLocal: false, exec: async () => {} };
}

function group(served: string) {
  const [, name, version, kind] = /^(.*)\/(\S+) (\S+)$/.exec(served)!;
  const resource = {
    resource: `${kind!.toLowerCase()}s`,
    responseKind: { kind },
    scope: "Namespaced",
  };
  return { metadata: { name }, versions: [{ version, resources: [resource] }] };
}
