import { setTimeout } from "node:timers/promises";
import type { Cluster } from "./cluster";
import { DEFINITIONS, definitionsIn } from "./custom-resources";
import type { Programs } from "./toolchain";

/** The External Secrets Operator as in a user's cluster: its custom resources, and the program that acts on them. */
export class ExternalSecretsOperator {
  constructor(
    private readonly cluster: Cluster,
    private readonly programs: Programs,
  ) {}

  /** Makes the custom resources known to the API server. */
  async install(): Promise<void> {
    const api = this.cluster.kubernetes;
    const definitions = this.definitions();
    for (const definition of definitions)
      await api.apply(`${DEFINITIONS}/${definition.metadata.name}`, definition);
    for (const { metadata } of definitions) {
      const established = async () =>
        (await api.get(`${DEFINITIONS}/${metadata.name}`)).status?.conditions?.some(
          ({ type, status }: { type: string; status: string }) => type === "Established" && status === "True",
        );
      while (!(await established())) await setTimeout(100);
    }
  }

  /** Takes them away again, with every object of theirs. */
  async uninstall(): Promise<void> {
    const api = this.cluster.kubernetes;
    for (const { metadata } of this.definitions()) await api.delete(`${DEFINITIONS}/${metadata.name}`);
    const served = async () =>
      (await api.get("/apis")).groups.some(({ name }: { name: string }) =>
        name.endsWith("external-secrets.io"),
      );
    while (await served()) await setTimeout(200);
  }

  start(): void {
    const args = ["--metrics-addr=127.0.0.1:0", "--live-addr=127.0.0.1:0"];
    const env = { KUBECONFIG: this.cluster.kubeconfig };
    this.cluster.startBeside(PROGRAM, this.programs[PROGRAM]!, args, env);
  }

  async stop(): Promise<void> {
    await this.cluster.stopBeside(PROGRAM);
  }

  private definitions() {
    return definitionsIn(this.programs["external-secrets-crds"]!, "external-secrets.io_");
  }
}

/** Whether a cluster has its custom resources. */
export async function hasExternalSecrets(cluster: Cluster): Promise<boolean> {
  return (await cluster.kubernetes.find("/apis/external-secrets.io/v1")) !== undefined;
}

const PROGRAM = "external-secrets";
