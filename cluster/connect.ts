import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { Agent } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClusterArgs } from "../components/cluster";
import { commandSeconds, type ServerCommand } from "../components/password-commands";
import { ApiServer, type KubernetesObject } from "./api-server";
import { Kinds } from "./kinds";
import { kubectl } from "./kubectl";

/** A cluster that answers, and what it serves. */
export interface ReachedCluster {
  readonly api: ApiServer;
  readonly kinds: Kinds;
  /** Runs a command in the first container of a pod. */
  readonly exec: (pod: KubernetesObject, command: ServerCommand) => Promise<void>;
  /** By its kubeconfig alone: nothing there is real but the API server. */
  readonly isLocal: boolean;
}

export async function reach(where: Pick<ClusterArgs, "context" | "kubeconfig">): Promise<ReachedCluster> {
  const api = await connect(where);
  const isLocal = where.kubeconfig !== undefined;
  // Simulated pods run nothing that could be told anything.
  const exec = isLocal ? async () => {} : execIn(where);
  return { api, kinds: await Kinds.of(api), isLocal, exec };
}

/** Through kubectl itself, since its proxy lets nobody into a container. */
function execIn(where: Pick<ClusterArgs, "context" | "kubeconfig">): ReachedCluster["exec"] {
  return async ({ metadata: { name, namespace }, spec }, { command, input }) => {
    const container = ["--container", spec.containers[0].name];
    const args = ["exec", "--stdin", name, "--namespace", namespace!, ...container, "--", ...command];
    // The command ends by itself before, unless nobody answers for its node.
    await kubectl(args, where, { input, seconds: commandSeconds + 15 });
  };
}

/** The API server that kubectl goes to, until this process ends. */
async function connect({
  context,
  kubeconfig,
}: Pick<ClusterArgs, "context" | "kubeconfig">): Promise<ApiServer> {
  const directory = mkdtempSync(join(tmpdir(), "muster-proxy-"));
  const socketPath = join(directory, "socket");
  const args = [
    "proxy",
    `--unix-socket=${socketPath}`,
    ...(context ? ["--context", context] : []),
    ...(kubeconfig ? ["--kubeconfig", kubeconfig] : []),
  ];
  await serving(spawn("sh", ["-c", proxy, directory, ...args], { stdio: "pipe" }));
  return new ApiServer({ socketPath, agent: new Agent({ keepAlive: true, maxSockets: 32 }) });
}

/**
 * kubectl knows every way to log in to a cluster, and keeps one connection. It ends with the shell around it, which
 * ends when nobody holds its input any longer: whatever became of this process.
 */
const proxy = `
kubectl "$@" &
trap "kill $! 2> /dev/null; rm -rf '$0'" EXIT
trap exit HUP INT TERM
exec > /dev/null 2>&1
read -r _
`;

/** Until it serves. It says so in a line; what it says instead is an error. */
async function serving(shell: ChildProcess): Promise<void> {
  let said = "";
  shell.stderr!.on("data", (text) => {
    said += text;
  });
  const serves = await new Promise<boolean>((resolve, reject) => {
    shell.on("error", reject);
    shell.stdout!.once("data", () => resolve(true));
    shell.stderr!.once("end", () => resolve(false));
  });
  if (!serves) {
    shell.stdin!.end();
    throw new Error(
      /kubectl.*not found/.test(said)
        ? "kubectl is not on PATH: it is what Muster asks the cluster through. Install it: https://kubernetes.io/docs/tasks/tools"
        : said.trim(),
    );
  }
  // Nothing waits for it.
  shell.unref();
  for (const pipe of [shell.stdin, shell.stdout, shell.stderr]) (pipe as unknown as Socket).unref();
}
