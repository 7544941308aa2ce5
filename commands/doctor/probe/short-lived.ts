import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { KubernetesObject } from "../../../cluster/api-server";
import { declaredObjects } from "../../../cluster/comparison/declared-objects";
import type { ReachedCluster } from "../../../cluster/connect";
import { type NamespaceObjects, namespaceObjects, podKinds } from "../../../cluster/status/namespace-objects";
import { isRolledOut, workloadStatus } from "../../../cluster/status/workload";
import { System } from "../../../components/system";
import { systemGraph } from "../../../components/system-graph";
import { names, type ProbedSystemArgs, probedSystem, SECONDS } from "./probed-system";
import type { Outcome, Outcomes } from "./verdicts";

export interface ShortLivedArgs extends Omit<ProbedSystemArgs, "namespace"> {
  readonly stack: string;
  /** Of the cluster, as the stack's systems get it. */
  readonly settings: Pick<ConstructorParameters<typeof System>[1], "network" | "userIds">;
  /** Removes a namespace with all that is in it, and waits until it is gone. */
  readonly remove: (namespace: string) => Promise<void>;
  readonly signal: AbortSignal;
}

export interface Ran {
  readonly outcomes: Outcomes;
  /** Where the namespace could not be removed: what is left, and how it goes. */
  readonly left?: string;
}

/** Runs the probes in a namespace of their own, which is removed afterwards, whatever became of them. */
export async function shortLived(
  cluster: Pick<ReachedCluster, "api" | "kinds">,
  { stack, settings, remove, signal, ...args }: ShortLivedArgs,
): Promise<Ran> {
  const namespace = `${names.system}-${randomBytes(3).toString("hex")}`;
  const declared = systemGraph(probedSystem({ namespace, ...args }));
  const secrets = { values: {}, missing: [], generated: {} };
  const objects = await declaredObjects({ project: "muster", stack }, (noting) => {
    const system = { stack, declared, secrets, admissionPolicies: false, ...settings };
    new System(names.system, system, { transformations: [noting] });
  });
  const removed = async () => {
    try {
      await remove(namespace);
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      return `Namespace ${namespace} could not be removed: ${message.trim()}\nRemove it: kubectl delete namespace ${namespace}`;
    }
  };
  try {
    const manifests = objects.map(({ manifest }) => manifest);
    const outcomes = await inTurn(manifests, { cluster, namespace, signal });
    return { outcomes, left: await removed() };
  } catch (error) {
    const { message } = (signal.aborted ? signal.reason : error) as Error;
    const left = await removed();
    throw new Error([message, left ?? `Namespace ${namespace} is removed again.`].join("\n"), {
      cause: error,
    });
  }
}

interface Running {
  readonly cluster: Pick<ReachedCluster, "api" | "kinds">;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** First one that answers, then who may ask it, then who may not: who asks nobody is stopped as well. */
async function inTurn(
  manifests: readonly KubernetesObject[],
  { cluster: { api, kinds }, namespace, signal }: Running,
): Promise<Outcomes> {
  const make = async (all: readonly KubernetesObject[]) => {
    for (const each of all) {
      signal.throwIfAborted();
      await api.create(kinds.collection(placeOf(each))!, each.kind === "Job" ? apart(each) : each);
    }
  };
  const read = () => namespaceObjects(api, namespace, podKinds);
  const until = async (isSo: (found: NamespaceObjects) => boolean) => {
    for (let left = SECONDS + 30; ; left--) {
      // A list of pods may be older than that of Jobs which was read with it: hence once more.
      if (left === 0 || isSo(await read())) return read();
      await setTimeout(1000, undefined, { signal });
    }
  };
  const jobs = (name: string) => manifests.filter((each) => each.kind === "Job" && nameOf(each) === name);
  const later = [...jobs(names.user), ...jobs(names.stranger)];
  await make(inOrder(manifests.filter((each) => !later.includes(each))));
  const start = await until((found) => isAnswering(found) || answererEnded(found) !== undefined);
  if (isAnswering(start)) {
    await make(jobs(names.user));
    const asked = await until((found) =>
      found.of("Job").some((each) => nameOf(each) === names.user && isOver(each)),
    );
    if (outcomesOf(asked)[names.user]?.exitCode === 0) await make(jobs(names.stranger));
  }
  return outcomesOf(await until((found) => found.of("Job").every(isOver)));
}

function placeOf({ apiVersion, kind, metadata: { namespace } }: KubernetesObject) {
  return { apiVersion, kind, namespace };
}

function nameOf({ metadata }: KubernetesObject): string {
  return metadata.labels?.["app.kubernetes.io/name"] ?? "";
}

/** Everything has its namespace, and pods what they are to find. */
function inOrder(manifests: readonly KubernetesObject[]): KubernetesObject[] {
  const rank = ({ kind }: KubernetesObject) => ({ Namespace: 0, Deployment: 2, Job: 2 })[kind] ?? 1;
  return [...manifests].sort((one, other) => rank(one) - rank(other));
}

function isAnswering(found: NamespaceObjects): boolean {
  return found.of("Deployment").some(isRolledOut);
}

/** How the container of the one that answers ended, which it does only where it cannot answer. */
function answererEnded(found: NamespaceObjects): string | undefined {
  const [ended] = found
    .of("Deployment")
    .flatMap((each) => workloadStatus(each, found).notReady.flatMap(({ failed }) => failed));
  return ended && (ended.message?.trim() || `its container ended with exit code ${ended.exitCode}`);
}

/** Where there is room, each probe on another node than the others. */
function apart(job: KubernetesObject): object {
  const { template } = job.spec;
  const labelSelector = { matchLabels: { "app.kubernetes.io/part-of": names.system } };
  const term = { labelSelector, topologyKey: "kubernetes.io/hostname" };
  const preferred = [{ weight: 100, podAffinityTerm: term }];
  const affinity = { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } };
  const spec = { ...template.spec, affinity };
  return { ...job, spec: { ...job.spec, template: { ...template, spec } } };
}

function isOver({ status }: KubernetesObject): boolean {
  const conditions: readonly { type: string; status: string }[] = status?.conditions ?? [];
  return conditions.some(({ type, status }) => ["Complete", "Failed"].includes(type) && status === "True");
}

function outcomesOf(found: NamespaceObjects): Outcomes {
  const said = () => found.of("Deployment").map((each) => becauseOf(each, found))[0];
  const because = answererEnded(found) ?? said() ?? "it was not ready in time";
  const answering = isAnswering(found) ? {} : { because };
  const all = found.of("Job").map((job): [string, Outcome] => {
    const name = nameOf(job);
    const pod = found.of("Pod").find((each) => nameOf(each) === name);
    const exitCode: number | undefined = pod?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
    return [name, { exitCode, node: pod?.spec?.nodeName, because: becauseOf(job, found) }];
  });
  return { [names.answering]: answering, ...Object.fromEntries(all) };
}

/** What the cluster says of a workload that is not ready. */
function becauseOf(workload: KubernetesObject, found: NamespaceObjects): string | undefined {
  const { refused, notReady } = workloadStatus(workload, found);
  const [because] = [...refused, ...notReady.flatMap((each) => each.because)];
  return because && [because.reason, because.message].filter(Boolean).join(": ");
}
