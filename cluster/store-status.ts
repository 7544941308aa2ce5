import type { ReachedCluster } from "./connect";

const KINDS = ["SecretStore", "ExternalSecret"];

/**
 * What the External Secrets Operator says is wrong with the stores of a namespace and with what it brings from them,
 * a line for each; none where nothing is, or nothing is there yet.
 */
export async function storeProblems(
  namespace: string,
  { api, kinds }: ReachedCluster,
  apiVersion: string,
): Promise<string[]> {
  const problems = await Promise.all(
    KINDS.map(async (kind) => {
      const path = kinds.collection({ apiVersion, kind, namespace });
      const items = path === undefined ? [] : ((await api.list(path)) as unknown as readonly StatedObject[]);
      return items.flatMap(({ metadata, status }) => {
        const ready = status?.conditions?.find(({ type }) => type === "Ready");
        return ready?.status === "False" ? `${kind} ${metadata.name}: ${ready.message}` : [];
      });
    }),
  );
  return problems.flat();
}

// The few fields that are read here.
interface StatedObject {
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message: string;
    }[];
  };
}
