import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { parse } from "yaml";
import { ApiServer } from "../cluster/api-server";

export { KubernetesError, type KubernetesObject } from "../cluster/api-server";

/** The API server of a local cluster, asked as the user whose certificate the kubeconfig has. */
export class Kubernetes extends ApiServer {
  constructor(kubeconfig: string, headers: Readonly<Record<string, string>> = {}) {
    const { clusters, users } = parse(readFileSync(kubeconfig, "utf8"));
    const { protocol, hostname, port } = new URL(clusters[0].cluster.server);
    const agent = new Agent({
      keepAlive: true,
      ca: readFileSync(clusters[0].cluster["certificate-authority"]),
      cert: readFileSync(users[0].user["client-certificate"]),
      key: readFileSync(users[0].user["client-key"]),
    });
    super({ protocol, hostname, port, agent }, headers);
  }
}
