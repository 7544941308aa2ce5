import type { ConfigFilesDeclaration } from "./config-files";
import type { DispatcherWorkload } from "./dispatcher";
import type { IngressDeclaration } from "./ingress";
import type { JobWorkload } from "./job";
import type { JobTemplateWorkload } from "./job-template";
import type { ImagePullPolicy } from "./labels";
import type { ClaimDeclaration } from "./persistent-volume-claim";
import type { PostgresqlWorkload } from "./postgresql";
import type { RedisWorkload } from "./redis";
import type { SecretDeclaration } from "./secret";
import type { ServiceWorkload } from "./service";
import type { Monitoring } from "./service-monitor";
import type { WorkerWorkload } from "./worker";

/** What runs in a system. */
export type Workload =
  | ServiceWorkload
  | WorkerWorkload
  | JobWorkload
  | DispatcherWorkload
  | JobTemplateWorkload
  | RedisWorkload
  | PostgresqlWorkload;

/** An application as a whole, in one namespace: everything that Muster makes follows from this. */
export interface SystemDeclaration {
  readonly name: string;
  readonly namespace: string;
  readonly imagePullPolicy: ImagePullPolicy;
  readonly imagePullSecrets: readonly string[];
  readonly secrets: readonly SecretDeclaration[];
  readonly files: readonly ConfigFilesDeclaration[];
  /** Volumes that several workloads mount, or several pods of one. */
  readonly claims?: readonly ClaimDeclaration[];
  /** In the order in which they start: what a workload uses, or comes after, stands before it. */
  readonly workloads: readonly Workload[];
  readonly ingress?: IngressDeclaration;
  /** Where the Prometheus lives that scrapes the workloads with metrics. Left out: nothing is scraped. */
  readonly monitoring?: Monitoring;
}
