import type { Resources } from "../../components/container";
import type { Workload } from "../../components/declaration";
import { type Amount, inParts, parseQuantity } from "../../config/values/amount";

/** How many pods run of something, when the load is least and when it is most. */
export interface Pods {
  readonly least: number;
  readonly most: number;
}

/** What workloads ask of a cluster. A roll-out takes one pod more of the workload that is rolled, or what `rolled` says. */
export interface Size {
  readonly workloads: readonly { readonly name: string; readonly pods: Pods; readonly each: Resources }[];
  readonly pods: Pods;
  readonly least: Resources;
  readonly most: Resources;
  /** The most, and beside it all pods of before that take long to stop, where there are such. */
  readonly rolled?: { readonly pods: number; readonly resources: Resources };
}

export function sizeOf(workloads: readonly Workload[]): Size {
  const sized = workloads.map((workload) => ({
    name: workload.name,
    pods: podsOf(workload),
    each: workload.resources,
  }));
  const counted = (when: keyof Pods) => sized.map(({ pods, each }) => ({ count: pods[when], each }));
  const podsIn = (when: keyof Pods) => podCount(counted(when));
  const leaving = workloads
    .filter(leavesSlowly)
    .map((workload) => ({ count: podsOf(workload).most, each: workload.resources }));
  const rolled = [...counted("most"), ...leaving];
  return {
    workloads: sized,
    pods: { least: podsIn("least"), most: podsIn("most") },
    least: sum(counted("least")),
    most: sum(counted("most")),
    rolled: leaving.length > 0 ? { pods: podCount(rolled), resources: sum(rolled) } : undefined,
  };
}

/** Whether its pods may take longer to stop than those that take their place take to start. */
function leavesSlowly(workload: Workload): boolean {
  const rolls = workload.kind === "service" || workload.kind === "worker" || workload.kind === "dispatcher";
  return rolls && !("single" in workload.scale) && (workload.terminationGracePeriodSeconds ?? 30) > 60;
}

function podCount(counted: readonly { readonly count: number }[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}

function podsOf(workload: Workload): Pods {
  switch (workload.kind) {
    case "redis":
    case "postgresql":
      return { least: 1, most: 1 };
    case "job":
    case "cron-job":
      return { least: 0, most: 1 };
    case "job-template":
      return { least: 0, most: workload.maxRunning };
    default: {
      const { scale } = workload;
      if ("single" in scale) return { least: 1, most: 1 };
      if ("replicas" in scale) return { least: scale.replicas, most: scale.replicas };
      return { least: scale.autoscaling.minReplicas, most: scale.autoscaling.maxReplicas };
    }
  }
}

function sum(counted: readonly { count: number; each: Resources }[]): Resources {
  const total = (side: keyof Resources, resource: "cpu" | "memory") =>
    counted.reduce((sum, { count, each }) => sum + BigInt(count) * thousandths(each[side][resource]), 0n);
  const totals = (side: keyof Resources) => ({
    cpu: cores(total(side, "cpu")),
    memory: bytes(total(side, "memory")),
  });
  return { requests: totals("requests"), limits: totals("limits") };
}

/** Config takes no quantity that is finer. */
function thousandths(quantity: string): bigint {
  return inParts(parseQuantity(quantity) as Amount, -3)!;
}

function cores(thousandths: bigint): string {
  return `${Number(thousandths) / 1000}`;
}

/** In the largest unit of which it is at least one. */
function bytes(thousandths: bigint): string {
  const mebibytes = Number(thousandths) / 1000 / 1024 ** 2;
  const rounded = (amount: number) => `${Number(amount.toFixed(3))}`;
  return mebibytes < 1024 ? `${rounded(mebibytes)}Mi` : `${rounded(mebibytes / 1024)}Gi`;
}
