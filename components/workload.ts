import type { ContainerDeclaration } from "./container";
import type { DispatcherWorkload } from "./dispatcher";
import type { Edge } from "./edge";
import type { JobTemplateWorkload } from "./job-template";
import type { RedisWorkload } from "./redis";
import type { ServiceWorkload } from "./service";

/** What runs in a system. */
export type Workload = ServiceWorkload | DispatcherWorkload | RedisWorkload | JobTemplateWorkload;

/** Where the pods of a workload run. All of it is optional, and all of it is the operator's. */
export interface Placement {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
  readonly priorityClassName?: string;
  /** Keys of node labels over which the pods spread evenly. Default: nodes, then zones; preferred, not required. */
  readonly spreadOver?: readonly string[];
}

export interface Toleration {
  readonly key?: string;
  readonly operator?: "Exists" | "Equal";
  readonly value?: string;
  readonly effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  readonly tolerationSeconds?: number;
}

/** What every workload of our own images says. */
export interface PodDeclaration extends ContainerDeclaration {
  /** Name of its objects in the cluster: a DNS label. */
  readonly name: string;
  /** `app.kubernetes.io/name`, where people select on another than the workload's name. */
  readonly applicationName?: string;
  /** Numeric user and group that it runs as. Never 0. */
  readonly user: number;
  readonly group?: number;
  /** What it reaches: every edge opens the network on both ends, and nothing else does. */
  readonly uses: readonly Edge[];
  readonly placement?: Placement;
  /** Seconds that a pod may take to stop. Default 30, as in Kubernetes. */
  readonly terminationGracePeriodSeconds?: number;
}
