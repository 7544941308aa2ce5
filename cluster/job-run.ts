import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { type ApiServer, KubernetesError, type KubernetesObject } from "./api-server";
import { lastWordsInWords, reasonsInWords } from "./status/in-words";
import { withLastWords } from "./status/last-words";
import { namespaceObjects, podKinds } from "./status/namespace-objects";
import { workloadStatus } from "./status/workload";
import { triedAgain } from "./tried-again";

/** A Job with the pod of a CronJob. */
export interface JobRun {
  readonly namespace: string;
  /** Name of the CronJob. */
  readonly cronJob: string;
  /**
   * What its container is told instead, the first that runs in the pod, or the one that is named: the others are left
   * out. Without it the pod runs as at a set time, and counts as one of the CronJob's runs.
   */
  readonly args?: readonly string[];
  readonly container?: string;
  /** A claim that its pod mounts as well. Nothing of the Job is left that writes to it, also where it fails. */
  readonly mounts?: { readonly claim: string; readonly path: string };
}

/** A Job that has not ended may go on writing to the claim that it mounts. */
export class JobMayRun extends Error {}

/**
 * Runs it to its end, and tells what its pod printed; undefined where that cannot be read, as nothing runs in simulated
 * pods. Meanwhile says what the pod waits for. Throws with its last words where it fails.
 */
export async function runJob(
  api: ApiServer,
  run: JobRun,
  say: (line: string) => void,
): Promise<readonly string[] | undefined> {
  const { namespace } = run;
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const cronJob = await triedAgain(() =>
    api.find(`/apis/batch/v1/namespaces/${namespace}/cronjobs/${run.cronJob}`),
  );
  if (!cronJob)
    throw new Error(`There is no CronJob ${run.cronJob} in namespace ${namespace}: \`pulumi up\` makes it.`);
  // Named here, so that it can be found where the answer to its creation is lost.
  const name = `${run.cronJob}-${randomBytes(4).toString("hex")}`;
  try {
    await api.create(jobs, jobOf(cronJob, run, name));
    await ended(api, namespace, name, say);
  } catch (error) {
    if (run.mounts) await deleted(api, namespace, name, (error as Error).message);
    throw error;
  }
  return printed(api, namespace, name);
}

/** Waits until a Job has done its work, and throws where it fails. */
async function ended(
  api: ApiServer,
  namespace: string,
  name: string,
  say: (line: string) => void,
): Promise<void> {
  const said = new Set<string>();
  for (;;) {
    const objects = await triedAgain(() => namespaceObjects(api, namespace, podKinds));
    const job = objects.of("Job").find(({ metadata }) => metadata.name === name);
    if (!job) throw new Error(`Job ${name} was deleted before it had ended.`);
    const status = workloadStatus(job, objects);
    if (status.state === "well") return;
    const isOver = job.status?.conditions?.some(
      ({ type, status }: { type: string; status: string }) => type === "Failed" && status === "True",
    );
    if (isOver) {
      const [last] = await withLastWords([status], api, namespace);
      throw new Error([...reasonsInWords(last!), ...last!.lastWords.flatMap(lastWordsInWords)].join("\n"));
    }
    // A pod that is through waits for nothing: its Job is about to note it.
    const notReady = status.notReady.filter(({ because }) =>
      because.every(({ reason }) => reason !== "PodCompleted"),
    );
    for (const line of reasonsInWords({ ...status, notReady }))
      if (!said.has(line)) {
        said.add(line);
        say(line);
      }
    await setTimeout(1000);
  }
}

/** Deletes a Job, and comes back when it and its pods are gone. An API server that fails is asked for a minute. */
async function deleted(api: ApiServer, namespace: string, name: string, because: string): Promise<void> {
  const job = `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`;
  const pods = podsOf(namespace, name);
  const deadline = Date.now() + 120_000;
  try {
    while (await triedAgain(() => api.find(job), 30)) {
      await triedAgain(() => deletedOnce(api, job), 30);
      await overdue(deadline);
    }
    while ((await triedAgain(() => api.list(pods), 30)).length > 0) await overdue(deadline);
  } catch (error) {
    throw new JobMayRun(
      `${because}\nJob ${name} in namespace ${namespace} may still run: ${(error as Error).message}`,
    );
  }
}

/** Its pods first. */
async function deletedOnce(api: ApiServer, job: string): Promise<void> {
  try {
    await api.delete(`${job}?propagationPolicy=Foreground`);
  } catch (error) {
    if (!(error instanceof KubernetesError && error.status === 404)) throw error;
  }
}

async function overdue(deadline: number): Promise<void> {
  if (Date.now() > deadline) throw new Error("its pods are not gone after two minutes.");
  await setTimeout(500);
}

function podsOf(namespace: string, job: string): string {
  return `/api/v1/namespaces/${namespace}/pods?labelSelector=batch.kubernetes.io/job-name=${job}`;
}

/** The container of a pod that is named, or the first that runs. */
function containerOf(pod: KubernetesObject["spec"], name?: string) {
  const all = [...(pod.initContainers ?? []), ...pod.containers];
  return all.find((each) => name === undefined || each.name === name);
}

function jobOf(
  { metadata, spec }: KubernetesObject,
  { args, container: named, mounts }: JobRun,
  name: string,
): object {
  const { metadata: { labels = {} } = {}, spec: job } = spec.jobTemplate;
  const { spec: pod } = job.template;
  const container = containerOf(pod, named);
  const volumes = mounts ? [{ name: "restored", persistentVolumeClaim: { claimName: mounts.claim } }] : [];
  const volumeMounts = mounts ? [{ name: "restored", mountPath: mounts.path }] : [];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      labels,
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
      // The controller counts what the CronJob owns: when it last succeeded, and how many are left of those that ended.
      ...(args
        ? {}
        : {
            ownerReferences: [
              {
                apiVersion: "batch/v1",
                kind: "CronJob",
                name: metadata.name,
                uid: metadata.uid,
                controller: true,
                blockOwnerDeletion: false,
              },
            ],
          }),
    },
    spec: {
      ...job,
      // Whoever asked for it has what it said. What brings a backup back may take longer than what makes one.
      ...(args ? { backoffLimit: 0, ttlSecondsAfterFinished: 600, activeDeadlineSeconds: undefined } : {}),
      template: {
        ...job.template,
        spec: {
          ...pod,
          ...(args && {
            initContainers: [],
            containers: [
              { ...container, args, volumeMounts: [...(container.volumeMounts ?? []), ...volumeMounts] },
            ],
          }),
          volumes: [...(pod.volumes ?? []), ...volumes],
        },
      },
    },
  };
}

async function printed(
  api: ApiServer,
  namespace: string,
  job: string,
): Promise<readonly string[] | undefined> {
  try {
    const all = await api.list(podsOf(namespace, job));
    const pod = all.find(({ status }) => status?.phase === "Succeeded");
    if (!pod) return undefined;
    const path = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log`;
    const log = await api.text(`${path}?container=${containerOf(pod.spec).name}`);
    return log.trimEnd().split("\n");
  } catch {
    // It has done its work, whatever becomes of its words.
    return undefined;
  }
}
