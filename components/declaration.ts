import type { ConfigFilesDeclaration } from "./config-files";
import type { CronJobWorkload } from "./cron-job";
import type { DispatcherWorkload } from "./dispatcher";
import type { IngressDeclaration } from "./ingress";
import type { JobWorkload } from "./job";
import type { JobTemplateWorkload } from "./job-template";
import type { ImagePullPolicy } from "./labels";
import type { ClaimDeclaration } from "./persistent-volume-claim";
import type { Placement } from "./pod-template";
import type { PostgresqlWorkload } from "./postgresql";
import type { RedisWorkload } from "./redis";
import type { SecretDeclaration } from "./secret";
import type { ServiceWorkload } from "./service";
import type { Monitoring } from "./service-monitor";
import type { SmokeDeclaration } from "./smoke";
import type { WorkerWorkload } from "./worker";

/** What runs in a system. */
export type Workload =
  | ServiceWorkload
  | WorkerWorkload
  | JobWorkload
  | CronJobWorkload
  | DispatcherWorkload
  | JobTemplateWorkload
  | RedisWorkload
  | PostgresqlWorkload;

/** Lists of a Redis of the system in which work waits. */
export interface Queue {
  /** What it is called in an alert. */
  readonly name: string;
  readonly redis: RedisWorkload;
  /** Number of the database that they are in. */
  readonly database: number;
  /** Their keys, in which `*` stands for anything. */
  readonly keys: readonly string[];
}

/** An application as a whole, in one namespace: everything that Muster makes follows from this. */
export interface SystemDeclaration {
  readonly name: string;
  readonly namespace: string;
  readonly imagePullPolicy: ImagePullPolicy;
  /** Of the pods that no workload declares: which Secrets pull their image, and where they run. */
  readonly imagePullSecrets: readonly string[];
  readonly placement: Placement;
  /** In any order. Those that a dispatcher spawns need not be named. */
  readonly workloads: readonly Workload[];
  readonly ingress?: IngressDeclaration;
  /** What is asked of it after each roll-out. Left out: nothing. */
  readonly smoke?: SmokeDeclaration;
  /** Where the Prometheus lives that scrapes the workloads with metrics. Left out: nothing is scraped. */
  readonly monitoring?: Monitoring;
  /** Whose lengths Prometheus looks at, in a system that is monitored. */
  readonly queues?: readonly Queue[];
}

/** A declaration with all that follows from it (`systemGraph`). */
export interface SystemGraph extends SystemDeclaration {
  /** With what dispatchers spawn and the Job that asks after each roll-out, in the order in which they start. */
  readonly workloads: readonly Workload[];
  /** Whatever the workloads read or mount. */
  readonly secrets: readonly SecretDeclaration[];
  readonly files: readonly ConfigFilesDeclaration[];
  readonly claims: readonly ClaimDeclaration[];
}
