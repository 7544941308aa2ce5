import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { breakGlass, podPolicySuffix } from "../../components/pod-admission";
import { KubernetesError, type KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { isAsDeclared } from "./as-declared";
import type { DeclaredObject } from "./declared-objects";
import { listed, title } from "./in-words";
import type { LiveObjects, Unchecked } from "./live-objects";
import { podTemplateOf, systemOf } from "./needs";

/** Pods that the API server does not take, for one reason. */
export interface NotAdmitted {
  /** Its own words. */
  readonly because: string;
  readonly workloads: readonly KubernetesObject[];
}

/**
 * Has the API server try a pod of each of these workloads, in the namespaces that are there: quotas, limits, admission
 * policies and webhooks answer in milliseconds, where a roll-out hears of it at the end of its time.
 */
export async function notAdmitted(
  workloads: readonly DeclaredObject[],
  declared: readonly DeclaredObject[],
  live: LiveObjects,
  { api }: Pick<ReachedCluster, "api">,
): Promise<{ readonly found: readonly NotAdmitted[]; readonly unchecked: readonly Unchecked[] }> {
  const namespaces = declared.flatMap((object) =>
    object.manifest.kind === "Namespace" && live.of(object) ? object.manifest.metadata.name : [],
  );
  const pods = workloads
    .map((object) => ({ object, workload: object.manifest }))
    .filter(({ workload }) => podTemplateOf(workload) && namespaces.includes(workload.metadata.namespace!));
  const answers = await Promise.all(
    pods.map(async ({ object, workload }): Promise<Answer> => {
      const { namespace } = workload.metadata;
      const { because, unknown } = await refusal(workload, api, (policy) =>
        isToChange(policy, declared, live),
      );
      if (unknown) return { unchecked: { what: "whether pods are admitted", namespace, because: unknown } };
      if (!because || isOfOwnQuota(because, namespace!, declared)) return {};
      // Where the old pods end first, the room is theirs.
      if (isOfQuota(because) && live.of(object) && !addsPods(workload)) return {};
      return { refused: { because, workload } };
    }),
  );
  const refused = answers.flatMap((answer) => answer.refused ?? []);
  const reasons = [...new Set(refused.map(({ because }) => because))];
  return {
    found: reasons.map((because) => ({
      because,
      workloads: refused.filter((each) => each.because === because).map(({ workload }) => workload),
    })),
    unchecked: answers.flatMap(({ unchecked }) => unchecked ?? []),
  };
}

/**
 * Why the API server does not take a pod of a workload, or why it does not tell; neither where it takes it. A policy
 * that is to ask something else by the time that there is a pod does not count: the pod is then tried past it.
 */
async function refusal(
  workload: KubernetesObject,
  api: ReachedCluster["api"],
  isPassing: (policy: string) => boolean,
): Promise<{ readonly because?: string; readonly unknown?: string }> {
  const { namespace } = workload.metadata;
  const account: string = podTemplateOf(workload).spec.serviceAccountName;
  const tried = (account: string, labels = {}): Promise<object> =>
    api
      .create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, podOf(workload, account, labels))
      .catch((error) => {
        // An account that is not there yet says nothing of the pod, whoever is to bring it.
        if (isOfAccount(error) && account !== "default") return tried("default", labels);
        const policy = refusingPolicy(error.message);
        if (!policy || breakGlass in labels || !isPassing(policy)) throw error;
        return tried(account, { [breakGlass]: "tried-before-the-policy-changes" });
      });
  try {
    await tried(account);
    return {};
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error;
    if (/cannot create resource "pods"/.test(error.message) || saysNothing(error))
      return { unknown: error.message };
    // By a name of its own, so that the same is said once.
    return { because: error.message.replace(/^pods? "[^"]*" is (forbidden|invalid): /i, "") };
  }
}

/**
 * Has a pod of a workload tried once more just before it is made or changed, now that its namespace is there. What no
 * waiting mends fails it then, and not at the end of its roll-out's time; a quota may have room by then.
 */
export function podAdmitted({ api }: Pick<ReachedCluster, "api">): pulumi.ResourceHook {
  return new pulumi.ResourceHook("pod-admitted", async ({ newInputs, oldInputs }) => {
    const workload = newInputs as KubernetesObject;
    // What makes no new pods is not held up by them: it may be the way out.
    if (workload.spec.replicas === 0 || hasSamePods(workload, oldInputs as KubernetesObject | undefined))
      return;
    // Of its own policy, which may have changed this very moment, the comparison has spoken.
    const own = `${workload.metadata.namespace}-${podPolicySuffix}`;
    for (let tries = trials; ; tries--) {
      // Where nobody answers, it is not the trial that says so.
      const { because } = await refusal(workload, api, (policy) => policy === own).catch(() => ({
        because: undefined,
      }));
      if (!because || isOfQuota(because)) return;
      if (tries === 1) throw new Error(notAdmittedInWords([{ because, workloads: [workload] }]));
      await setTimeout(2000);
    }
  });
}

/** What a namespace gets from its controllers comes seconds after it: a refusal stands when it has lasted for 20 s. */
const trials = 10;

function hasSamePods(workload: KubernetesObject, before: KubernetesObject | undefined): boolean {
  return before !== undefined && isDeepStrictEqual(podTemplateOf(workload), podTemplateOf(before));
}

function isOfAccount({ message }: Error): boolean {
  return message.includes("error looking up service account");
}

function isOfQuota(because: string): boolean {
  return because.includes("exceeded quota");
}

/** Of the trial of one pod; nothing where it is taken. */
interface Answer {
  readonly refused?: { readonly because: string; readonly workload: KubernetesObject };
  readonly unchecked?: Unchecked;
}

/** The policy of the API server by which it refuses. */
function refusingPolicy(message: string): string | undefined {
  return /ValidatingAdmissionPolicy '([^']+)' .*denied request/.exec(message)?.[1];
}

/** Whether a policy is the stack's own, and this update makes it ask something else. */
function isToChange(policy: string, declared: readonly DeclaredObject[], live: LiveObjects): boolean {
  return declared.some((object) => {
    const { kind, metadata, spec } = object.manifest;
    if (kind !== "ValidatingAdmissionPolicy" || metadata.name !== policy) return false;
    const before = live.of(object)?.spec;
    return (["variables", "validations"] as const).some(
      (part) => !isAsDeclared(spec[part], before?.[part], [`f:${part}`]),
    );
  });
}

/** Whether an answer is of the moment or of the trial, and not of the pod. */
function saysNothing(error: KubernetesError): boolean {
  const isOfMoment = /does not support dry run|not yet ready to handle request|status unknown for quota/;
  return error.status >= 500 || error.status === 429 || isOfMoment.test(error.message) || isOfAccount(error);
}

/** Whether new pods run beside the old ones. */
function addsPods({ kind, spec }: KubernetesObject): boolean {
  return kind === "Deployment" && spec.strategy?.type !== "Recreate";
}

const makerOf: Readonly<Record<string, { apiVersion: string; kind: string }>> = {
  Deployment: { apiVersion: "apps/v1", kind: "ReplicaSet" },
  StatefulSet: { apiVersion: "apps/v1", kind: "StatefulSet" },
};

/** A pod as the workload would make it, by one of the accounts that are there. */
function podOf(workload: KubernetesObject, serviceAccountName: string, labels: object): object {
  const { metadata = {}, spec } = podTemplateOf(workload)!;
  const { volumes = [] } = spec;
  const { name, namespace } = workload.metadata;
  const claims: readonly KubernetesObject[] = workload.spec?.volumeClaimTemplates ?? [];
  const claimed = claims.map(({ metadata: { name: claim } }) => ({
    name: claim,
    persistentVolumeClaim: { claimName: `${claim}-${name}-0` },
  }));
  return {
    metadata: {
      ...metadata,
      labels: { ...metadata.labels, ...labels },
      name: `${name}-tried`.slice(-63),
      namespace,
      // Where pods that nobody keeps are refused, those of controllers are not.
      ownerReferences: [
        {
          ...(makerOf[workload.kind] ?? { apiVersion: "batch/v1", kind: "Job" }),
          name,
          uid: "00000000-0000-0000-0000-000000000000",
          controller: true,
        },
      ],
    },
    spec: {
      ...spec,
      volumes: [...volumes, ...claimed],
      serviceAccountName,
    },
  };
}

/** The bound of a Job template is reached whenever as many run as may. */
function isOfOwnQuota(message: string, namespace: string, declared: readonly DeclaredObject[]): boolean {
  const quota = /exceeded quota: ([^,]+),/.exec(message)?.[1];
  return declared.some(
    ({ manifest: { kind, metadata } }) =>
      kind === "ResourceQuota" && metadata.namespace === namespace && metadata.name === quota,
  );
}

export function notAdmittedInWords(all: readonly NotAdmitted[]): string {
  return listed(
    "The API server does not take the pods of these workloads; ask it for less or for something else, or change what refuses them:",
    all.map(({ because, workloads }) => {
      const systems = [...new Set(workloads.map((each) => `muster:${systemOf(each)}`))];
      return `${workloads.map(title).join(", ")} (${systems.join(", ")}): ${because}`;
    }),
  );
}
