import type { Resources } from "../../components/container";
import type { Workload } from "../../components/declaration";
import { type Amount, inParts, parseQuantity } from "../../config/values/amount";

/** How many pods run of something, when the load is least and when it is most. */
export interface Pods {
  readonly least: number;
  readonly most: number;
}

/** What workloads ask of a cluster. A roll-out takes one pod more of the workload that is rolled. */
export interface Size {
  readonly workloads: readonly { readonly name: string; readonly pods: Pods; readonly each: Resources }[];
  readonly pods: Pods;
  readonly least: Resources;
  readonly most: Resources;
}

export function sizeOf(workloads: readonly Workload[]): Size {
  const sized = workloads.map((workload) => ({
    name: workload.name,
    pods: podsOf(workload),
    each: workload.resources,
  }));
  const counted = (when: keyof Pods) => sized.map(({ pods, each }) => ({ count: pods[when], each }));
  const podsIn = (when: keyof Pods) => counted(when).reduce((sum, { count }) => sum + count, 0);
  return {
    workloads: sized,
    pods: { least: podsIn("least"), most: podsIn("most") },
    least: sum(counted("least")),
    most: sum(counted("most")),
  };
}

function podsOf(workload: Workload): Pods {
  switch (workload.kind) {
    case "redis":
    case "postgresql":
      return { least: 1, most: 1 };
    case "job":
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
  const total = (side: keyof Resources, of: "cpu" | "memory") =>
    counted.reduce((sum, { count, each }) => sum + BigInt(count) * thousandths(each[side][of]), 0n);
  const of = (side: keyof Resources) => ({
    cpu: cores(total(side, "cpu")),
    memory: bytes(total(side, "memory")),
  });
  return { requests: of("requests"), limits: of("limits") };
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
