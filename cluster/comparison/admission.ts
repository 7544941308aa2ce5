import * as pulumi from "@pulumi/pulumi";
import { KubernetesError, type KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
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
      const { because, unknown } = await refusal(workload, api);
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

/** Why the API server does not take a pod of a workload, or why it does not tell; neither where it takes it. */
async function refusal(
  workload: KubernetesObject,
  api: ReachedCluster["api"],
): Promise<{ readonly because?: string; readonly unknown?: string }> {
  const { namespace } = workload.metadata;
  const account: string = podTemplateOf(workload).spec.serviceAccountName;
  const tried = (account: string) =>
    api.create(`/api/v1/namespaces/${namespace}/pods?dryRun=All`, podOf(workload, account));
  try {
    // An account that is not there yet says nothing of the pod, whoever is to bring it.
    await tried(account).catch((error) => {
      if (!/error looking up service account/.test(error.message)) throw error;
      return tried("default");
    });
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
  return new pulumi.ResourceHook("pod-admitted", async ({ newInputs }) => {
    const workload = newInputs as KubernetesObject;
    // Where nobody answers, it is not the trial that says so.
    const { because } = await refusal(workload, api).catch(() => ({ because: undefined }));
    if (because && !isOfQuota(because))
      throw new Error(notAdmittedInWords([{ because, workloads: [workload] }]));
  });
}

function isOfQuota(because: string): boolean {
  return because.includes("exceeded quota");
}

/** Of the trial of one pod; nothing where it is taken. */
interface Answer {
  readonly refused?: { readonly because: string; readonly workload: KubernetesObject };
  readonly unchecked?: Unchecked;
}

/** Whether an answer is of the moment or of the trial, and not of the pod. */
function saysNothing({ status, message }: KubernetesError): boolean {
  return status >= 500 || status === 429 || message.includes("does not support dry run");
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
function podOf(workload: KubernetesObject, serviceAccountName: string): object {
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
