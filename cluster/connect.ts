import { Agent } from "node:http";
import { commandSeconds, type ServerCommand } from "../components/password-commands";
import { ApiServer, type KubernetesObject } from "./api-server";
import { Kinds } from "./kinds";
import { kubectl } from "./kubectl";
import { type KubectlProxy, type Place, startProxy } from "./kubectl-proxy";

/** A cluster that answers, and what it serves. */
export interface ReachedCluster {
  readonly api: ApiServer;
  readonly kinds: Kinds;
  /** Runs a command in the first container of a pod. */
  readonly exec: (pod: KubernetesObject, command: ServerCommand) => Promise<void>;
  /** By its kubeconfig alone: nothing there is real but the API server. */
  readonly isLocal: boolean;
}

/** `ahead` has been started already, and is taken where it leads there. */
export async function reach(where: Place, ahead?: KubectlProxy): Promise<ReachedCluster> {
  const api = await connect(where, ahead);
  const isLocal = where.kubeconfig !== undefined;
  // Simulated pods run nothing that could be told anything.
  const exec = isLocal ? async () => {} : execIn(where);
  return { api, kinds: await Kinds.of(api), isLocal, exec };
}

/** Through kubectl itself, since its proxy lets nobody into a container. */
function execIn(where: Place): ReachedCluster["exec"] {
  return async ({ metadata: { name, namespace }, spec }, { command, input }) => {
    const container = ["--container", spec.containers[0].name];
    const args = ["exec", "--stdin", name, "--namespace", namespace!, ...container, "--", ...command];
    // The command ends by itself before, unless nobody answers for its node.
    await kubectl(args, where, { input, seconds: commandSeconds + 15 });
  };
}

/** The API server that kubectl goes to, until this process ends. */
async function connect(where: Place, ahead?: KubectlProxy): Promise<ApiServer> {
  const leadsThere = ahead?.context === where.context && ahead?.kubeconfig === where.kubeconfig;
  const { socketPath, refusal } = ahead && leadsThere ? ahead : startProxy(where);
  const said = await refusal;
  if (said !== undefined) throw new Error(said);
  return new ApiServer({ socketPath, agent: new Agent({ keepAlive: true, maxSockets: 32 }) });
}
