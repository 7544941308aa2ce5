import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ClusterArgs } from "../components/cluster";

/** What kubectl prints, of the cluster of a stack. Rejects with code ENOENT where it is not on PATH. */
export async function kubectl(
  args: readonly string[],
  { context, kubeconfig }: Pick<ClusterArgs, "context" | "kubeconfig">,
): Promise<string> {
  const where = [
    ...(context ? ["--context", context] : []),
    ...(kubeconfig ? ["--kubeconfig", kubeconfig] : []),
  ];
  // All pods and events of a namespace are more than the default takes.
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)("kubectl", [...args, ...where], options);
  return stdout;
}
