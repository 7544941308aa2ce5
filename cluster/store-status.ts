import type { ClusterArgs } from "../components/cluster";
import { kubectl } from "./kubectl";

/**
 * What the External Secrets Operator says is wrong with the stores of a namespace and with what it brings from them,
 * a line for each; none where nothing is, or nothing is there yet.
 */
export async function storeProblems(
  namespace: string,
  cluster: Pick<ClusterArgs, "context" | "kubeconfig">,
): Promise<string[]> {
  const kinds = "secretstores.external-secrets.io,externalsecrets.external-secrets.io";
  const found = await kubectl(["get", kinds, "--namespace", namespace, "--output=json"], cluster);
  const { items } = JSON.parse(found) as { items: readonly StatedObject[] };
  return items.flatMap(({ kind, metadata, status }) => {
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    return ready?.status === "False" ? `${kind} ${metadata.name}: ${ready.message}` : [];
  });
}

// The few fields that are read here.
interface StatedObject {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message: string;
    }[];
  };
}
