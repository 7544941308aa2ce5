import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiServer, type KubernetesObject } from "../../cluster/api-server";

interface PodRun {
  readonly succeeded: boolean;
  readonly log: string;
}

/** An API server of one CronJob, whose Jobs really run: of all that a Job controller does, what a caller can see. */
export class BackupCluster {
  /** The Jobs that were created. */
  readonly jobs: KubernetesObject[] = [];
  /** What becomes of the server's StatefulSet. */
  scale: (replicas: number) => Promise<void> = async () => {};
  private readonly logs = new Map<string, string>();
  private readonly server: Server;
  private replicas = 1;

  private constructor(
    private readonly cronJob: KubernetesObject,
    private readonly run: (args: readonly string[]) => PodRun,
  ) {
    this.server = createServer(async (request, response) => {
      const { status = 200, body } = await this.answer(request);
      response.statusCode = status;
      response.end(typeof body === "string" ? body : JSON.stringify(body ?? { items: [] }));
    });
  }

  static async serving(cronJob: KubernetesObject, run: (args: readonly string[]) => PodRun) {
    const cluster = new BackupCluster(cronJob, run);
    await new Promise<void>((resolve) => cluster.server.listen(0, "127.0.0.1", resolve));
    return cluster;
  }

  get api(): ApiServer {
    return new ApiServer({ host: "127.0.0.1", port: (this.server.address() as AddressInfo).port });
  }

  close(): void {
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<{ status?: number; body?: unknown }> {
    const [path = ""] = request.url!.split("?");
    const kind = path.split("/").at(-1)!;
    if (request.method === "POST")
      return { status: 201, body: this.start(JSON.parse(await textOf(request))) };
    if (request.method === "PATCH") {
      this.replicas = JSON.parse(await textOf(request)).spec.replicas;
      await this.scale(this.replicas);
      return { body: {} };
    }
    if (kind === this.cronJob.metadata.name) return { body: this.cronJob };
    if (path.includes("/statefulsets/"))
      return { body: { metadata: {}, spec: { replicas: 1 }, status: counts(this.replicas) } };
    if (kind === "log") return { body: this.logs.get(path.split("/").at(-2)!) };
    if (kind === "jobs") return { body: { items: this.jobs } };
    if (kind === "pods") return { body: { items: this.jobs.map(podOf) } };
    if (path.includes("/pods/")) return this.replicas > 0 ? { body: {} } : { status: 404, body: {} };
    return {};
  }

  private start(job: KubernetesObject): KubernetesObject {
    const name = `${job.metadata.generateName}${this.jobs.length}`;
    const { succeeded, log } = this.run(job.spec.template.spec.containers[0].args);
    this.logs.set(name, log);
    const type = succeeded ? "Complete" : "Failed";
    const conditions = [{ type, status: "True", reason: "BackoffLimitExceeded", message: "it has failed" }];
    this.jobs.push({
      ...job,
      metadata: { ...job.metadata, name },
      spec: { ...job.spec, selector: { matchLabels: { job: name } } },
      status: { conditions },
    });
    return this.jobs.at(-1)!;
  }
}

function counts(replicas: number) {
  return { replicas, updatedReplicas: replicas, availableReplicas: replicas };
}

function podOf({ metadata: { name }, spec, status }: KubernetesObject) {
  const succeeded = status.conditions[0].type === "Complete";
  const state = { terminated: { exitCode: succeeded ? 0 : 1, reason: succeeded ? "Completed" : "Error" } };
  return {
    metadata: { name, labels: { job: name }, creationTimestamp: "2026-01-02T03:04:05Z" },
    spec: spec.template.spec,
    status: {
      phase: succeeded ? "Succeeded" : "Failed",
      conditions: [{ type: "Ready", status: "False" }],
      containerStatuses: [{ name: "backup", restartCount: 0, state }],
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}
