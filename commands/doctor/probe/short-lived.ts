import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { KubernetesObject } from "../../../cluster/api-server";
import { declaredObjects } from "../../../cluster/comparison/declared-objects";
import type { ReachedCluster } from "../../../cluster/connect";
import { type NamespaceObjects, namespaceObjects, podKinds } from "../../../cluster/status/namespace-objects";
import { workloadStatus } from "../../../cluster/status/workload";
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

/** Runs the probes in a namespace of their own, which is gone afterwards, whatever became of them. */
export async function shortLived(
  { api, kinds }: Pick<ReachedCluster, "api" | "kinds">,
  { stack, settings, remove, signal, ...args }: ShortLivedArgs,
): Promise<Outcomes> {
  const namespace = `${names.system}-${randomBytes(3).toString("hex")}`;
  const declared = systemGraph(probedSystem({ namespace, ...args }));
  const secrets = { values: {}, missing: [], generated: {} };
  const objects = await declaredObjects({ project: "muster", stack }, (noting) => {
    const system = { stack, declared, secrets, admissionPolicies: false, ...settings };
    new System(names.system, system, { transformations: [noting] });
  });
  try {
    for (const { manifest } of inOrder(objects)) {
      signal.throwIfAborted();
      await api.create(
        kinds.collection(placeOf(manifest))!,
        manifest.kind === "Job" ? apart(manifest) : manifest,
      );
    }
    for (let left = SECONDS + 30; ; left--) {
      const found = await namespaceObjects(api, namespace, podKinds);
      if (left === 0 || found.of("Job").every(isOver)) return outcomesOf(found);
      await setTimeout(1000, undefined, { signal });
    }
  } finally {
    await remove(namespace);
  }
}

function placeOf({ apiVersion, kind, metadata: { namespace } }: KubernetesObject) {
  return { apiVersion, kind, namespace };
}

/** Everything has its namespace, and pods what they are to find. */
function inOrder<T extends { readonly manifest: KubernetesObject }>(objects: readonly T[]): T[] {
  const place = ({ manifest: { kind } }: T) => ["Job", "Deployment", "Namespace"].indexOf(kind);
  const rank = (object: T) => [2, 3, 0][place(object)] ?? 1;
  return [...objects].sort((one, other) => rank(one) - rank(other));
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
  const all = found.of("Job").map((job): [string, Outcome] => {
    const name: string = job.metadata.labels["app.kubernetes.io/name"];
    const pod = found.of("Pod").find(({ metadata }) => metadata.labels["app.kubernetes.io/name"] === name);
    const exitCode: number | undefined = pod?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
    const { refused, notReady } = workloadStatus(job, found);
    const [because] = [...refused, ...notReady.flatMap((each) => each.because)];
    return [
      name,
      {
        exitCode,
        node: pod?.spec?.nodeName,
        because: because && [because.reason, because.message].filter(Boolean).join(": "),
      },
    ];
  });
  return Object.fromEntries(all);
}
