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
  /** What was asked to change, in that order. */
  readonly changes: string[] = [];
  /** Whether Jobs end by themselves; without, they run until they are deleted. */
  jobsEnd = true;
  /** The status that a request is refused with. */
  refuses: (method: string, path: string) => number | undefined = () => undefined;
  /** What the server's StatefulSet waits for, so that it is not ready when this time is over. */
  waits?: { readonly seconds: number; readonly because: string };
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
    const [path = "", query = ""] = request.url!.split("?");
    const kind = path.split("/").at(-1)!;
    const status = this.refuses(request.method!, path);
    if (status) return { status, body: { message: `refused with ${status}` } };
    if (request.method === "POST") {
      this.changes.push("a Job is created");
      return { status: 201, body: this.start(JSON.parse(await textOf(request))) };
    }
    if (request.method === "PATCH") {
      this.replicas = JSON.parse(await textOf(request)).spec.replicas;
      this.changes.push(`scaled to ${this.replicas}`);
      await this.scale(this.replicas);
      return { body: this.statefulSet };
    }
    if (path.includes("/jobs/")) {
      const found = this.jobs.findIndex(({ metadata: { name } }) => name === kind);
      if (found < 0) return { status: 404, body: {} };
      if (request.method === "GET") return { body: this.jobs[found] };
      this.changes.push("the Job is deleted");
      return { body: this.jobs.splice(found, 1)[0] };
    }
    if (kind === this.cronJob.metadata.name) return { body: this.cronJob };
    if (path.includes("/statefulsets/")) return { body: this.statefulSet };
    if (kind === "log") return { body: this.logs.get(path.split("/").at(-2)!) };
    if (kind === "jobs") return { body: { items: this.jobs } };
    if (kind === "pods") {
      const [, ofJob] = /job-name=(.+)$/.exec(query) ?? [];
      const jobs = this.jobs.filter(({ metadata: { name } }) => !ofJob || name === ofJob);
      return { body: { items: [...jobs.map(podOf), ...(ofJob ? [] : this.waiting)] } };
    }
    if (path.includes("/pods/")) return this.replicas > 0 ? { body: {} } : { status: 404, body: {} };
    return {};
  }

  private get statefulSet() {
    const annotations = { "pulumi.com/timeoutSeconds": `${this.waits?.seconds ?? 600}` };
    return {
      kind: "StatefulSet",
      metadata: { name: "server", annotations },
      spec: { replicas: 1, selector: { matchLabels: { server: "waits" } } },
      status: counts(this.waits ? 0 : this.replicas),
    };
  }

  private get waiting() {
    if (!this.waits) return [];
    const { because: message } = this.waits;
    const conditions = [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message }];
    return [
      {
        metadata: { name: "server-0", labels: { server: "waits" } },
        status: { phase: "Pending", conditions },
      },
    ];
  }

  private start(job: KubernetesObject): KubernetesObject {
    const { name } = job.metadata;
    if (!this.jobsEnd) {
      this.jobs.push({ ...job, status: {} });
      return job;
    }
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
  if (!status.conditions) return { metadata: { name }, status: { phase: "Running" } };
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
