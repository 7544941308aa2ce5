import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { ClusterArgs } from "../components/cluster";

/** What kubectl prints, of the cluster of a stack. Rejects with code ENOENT where it is not on PATH. */
export async function kubectl(
  args: readonly string[],
  { context, kubeconfig }: Pick<ClusterArgs, "context" | "kubeconfig">,
  input?: string,
): Promise<string> {
  const where = [
    ...(context ? ["--context", context] : []),
    ...(kubeconfig ? ["--kubeconfig", kubeconfig] : []),
  ];
  // All pods and events of a namespace are more than the default takes.
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const run = promisify(execFile)("kubectl", [...where, ...args], options);
  if (input !== undefined) run.child.stdin!.end(input);
  return (await run).stdout;
}
