import { setTimeout } from "node:timers/promises";
import { type ApiServer, KubernetesError, type KubernetesObject } from "./api-server";
import { lastWordsInWords, reasonsInWords } from "./status/in-words";
import { withLastWords } from "./status/last-words";
import { namespaceObjects, podKinds } from "./status/namespace-objects";
import { workloadStatus } from "./status/workload";

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
  /** A claim that its pod mounts as well. */
  readonly mounts?: { readonly claim: string; readonly path: string };
}

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
  const cronJob = await api.find(`/apis/batch/v1/namespaces/${namespace}/cronjobs/${run.cronJob}`);
  if (!cronJob)
    throw new Error(`There is no CronJob ${run.cronJob} in namespace ${namespace}: \`pulumi up\` makes it.`);
  const { metadata } = await api.create(`/apis/batch/v1/namespaces/${namespace}/jobs`, jobOf(cronJob, run));
  const said = new Set<string>();
  for (;;) {
    const objects = await namespaceObjects(api, namespace, podKinds);
    const job = objects.of("Job").find(({ metadata: { name } }) => name === metadata.name);
    if (!job) throw new Error(`Job ${metadata.name} was deleted before it had ended.`);
    const status = workloadStatus(job, objects);
    if (status.state === "well") return printed(api, namespace, metadata.name);
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

/** The container of a pod that is named, or the first that runs. */
function containerOf(pod: KubernetesObject["spec"], name?: string) {
  const all = [...(pod.initContainers ?? []), ...pod.containers];
  return all.find((each) => name === undefined || each.name === name);
}

function jobOf({ metadata, spec }: KubernetesObject, { args, container: named, mounts }: JobRun): object {
  const { metadata: { labels = {} } = {}, spec: job } = spec.jobTemplate;
  const { name, uid } = metadata;
  const { spec: pod } = job.template;
  const container = containerOf(pod, named);
  const volumes = mounts ? [{ name: "restored", persistentVolumeClaim: { claimName: mounts.claim } }] : [];
  const volumeMounts = mounts ? [{ name: "restored", mountPath: mounts.path }] : [];
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      generateName: `${name}-`,
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
                name,
                uid,
                controller: true,
                blockOwnerDeletion: false,
              },
            ],
          }),
    },
    spec: {
      ...job,
      // Whoever asked for it has what it said.
      ...(args ? { backoffLimit: 0, ttlSecondsAfterFinished: 600 } : {}),
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
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const all = await api.list(`${pods}?labelSelector=batch.kubernetes.io/job-name=${job}`);
  const pod = all.find(({ status }) => status?.phase === "Succeeded");
  if (!pod) return undefined;
  try {
    const container = containerOf(pod.spec).name;
    const log = await api.text(`${pods}/${pod.metadata.name}/log?container=${container}`);
    return log.trimEnd().split("\n");
  } catch (error) {
    if (error instanceof KubernetesError) return undefined;
    throw error;
  }
}
