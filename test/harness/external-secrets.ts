import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type ExecaChildProcess, execa } from "execa";
import { parse } from "yaml";
import type { Kubernetes } from "../../tools/kubernetes";
import type { Programs } from "../../tools/toolchain";

/** The External Secrets Operator as in a user's cluster: its custom resources, and the program that acts on them. */
export class ExternalSecretsOperator {
  private operator: ExecaChildProcess | undefined;

  constructor(
    private readonly kubeconfig: string,
    private readonly programs: Programs,
  ) {}

  /** Makes the custom resources known to the API server. */
  async install(api: Kubernetes): Promise<void> {
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
  async uninstall(api: Kubernetes): Promise<void> {
    for (const { metadata } of this.definitions()) await api.delete(`${DEFINITIONS}/${metadata.name}`);
    const served = async () =>
      (await api.get("/apis")).groups.some(({ name }: { name: string }) =>
        name.endsWith("external-secrets.io"),
      );
    while (await served()) await setTimeout(200);
  }

  start(): void {
    this.operator = execa(
      this.programs["external-secrets"]!,
      ["--metrics-addr=127.0.0.1:0", "--live-addr=127.0.0.1:0"],
      {
        env: { KUBECONFIG: this.kubeconfig },
        all: true,
        reject: false,
      },
    );
  }

  async stop(): Promise<string> {
    this.operator?.kill();
    return (await this.operator)?.all ?? "";
  }

  private definitions() {
    const folder = this.programs["external-secrets-crds"]!;
    return readdirSync(folder)
      .filter((file) => file.includes("external-secrets.io_"))
      .map((file) => parse(readFileSync(join(folder, file), "utf8")));
  }
}

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
