import { setTimeout } from "node:timers/promises";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";

/** When a Job's pod ran, in milliseconds. */
export interface Ran {
  readonly name: string;
  readonly created: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Looks until so many Jobs of a namespace have ended well, and tells when their pods ran: also of those whose time to
 * stay is over before the last has run. Throws for one that failed.
 */
export async function allRan(namespace: string, count: number): Promise<Ran[]> {
  const api = kubernetes();
  const ran = new Map<string, Ran>();
  while (ran.size < count) {
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    const jobs = await jobsOf(namespace);
    const failed = jobs.flatMap(({ metadata, status }) =>
      (status.conditions ?? [])
        .filter(({ type }: { type: string }) => type === "Failed")
        .map(({ reason }: { reason: string }) => `${metadata.name}: ${reason}`),
    );
    if (failed.length > 0) throw new Error(failed.join("\n"));
    for (const { metadata, status } of jobs) {
      const { name } = metadata;
      const pod = pods.find(({ metadata: { labels } }) => labels["job-name"] === name);
      if (status.succeeded === 1 && pod)
        ran.set(name, {
          name,
          created: Date.parse(metadata.creationTimestamp),
          start: Date.parse(pod.status.startTime),
          end: Date.parse(status.completionTime),
        });
    }
    await setTimeout(200);
  }
  return [...ran.values()];
}

export function jobsOf(namespace: string): Promise<KubernetesObject[]> {
  return kubernetes().list(`/apis/batch/v1/namespaces/${namespace}/jobs`);
}
