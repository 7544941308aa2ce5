import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * What the External Secrets Operator says is wrong with the stores of a namespace and with what it brings from them,
 * a line for each; none where nothing is, or nothing is there yet.
 */
export async function storeProblems(namespace: string, kubectlOptions: readonly string[]): Promise<string[]> {
  const kinds = "secretstores.external-secrets.io,externalsecrets.external-secrets.io";
  const args = ["get", kinds, "--namespace", namespace, "--output=json", ...kubectlOptions];
  const { stdout } = await promisify(execFile)("kubectl", args);
  const { items } = JSON.parse(stdout) as { items: readonly StatedObject[] };
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
