import type { SystemGraph } from "../../components/declaration";
import type { ApiServer } from "../api-server";
import { type JobsStatus, jobsStatus } from "./jobs";
import { type ClaimStatus, claimsStatus, type SecretStatus, secretsStatus } from "./kept-data";
import { type LastWords, withLastWords } from "./last-words";
import { type Mask, namespaceMask } from "./mask";
import { masked } from "./masked";
import { type ListedKind, namespaceObjects } from "./namespace-objects";
import { type RecentWarning, recentWarnings } from "./recent-warnings";
import { type ScheduledStatus, scheduledStatus } from "./scheduled";
import { type State, worstFirst, worstOf } from "./state";
import { type WayIn, waysIn } from "./ways-in";
import { type WorkloadStatus, workloadStatus } from "./workload";

/** How a system stands in its namespace. */
export interface SystemStatus {
  readonly name: string;
  readonly namespace: string;
  readonly url?: string;
  readonly state: State;
  /** Each list worst first. */
  readonly workloads: readonly (WorkloadStatus & { readonly lastWords: readonly LastWords[] })[];
  readonly jobs: readonly JobsStatus[];
  readonly scheduled: readonly ScheduledStatus[];
  readonly waysIn: readonly WayIn[];
  readonly secrets: readonly SecretStatus[];
  readonly claims: readonly ClaimStatus[];
  /** Of the last hour, newest first. */
  readonly warnings: readonly RecentWarning[];
  /** Kinds whose lists its user may not read. */
  readonly unread: readonly ListedKind[];
}

export async function systemStatus(
  api: ApiServer,
  { name, namespace, ingress, workloads: declared }: SystemGraph,
  { isLocal = false } = {},
): Promise<SystemStatus> {
  const objects = await namespaceObjects(api, namespace);
  let asked: Promise<Mask | undefined> | undefined;
  // The values of Secrets are read where something is to be hidden, and once.
  const maskOf = () => {
    asked ??= namespaceMask(api, namespace);
    return asked;
  };
  // What Pulumi waits for stands with the workloads until it is done, and counts among the Jobs then.
  const awaited = objects
    .of("Job")
    .filter(({ metadata: { labels } }) =>
      declared.some(({ kind, name }) => kind === "job" && labels?.["app.kubernetes.io/component"] === name),
    )
    .map((job) => workloadStatus(job, objects))
    .filter(({ state }) => state !== "well");
  const running = objects.of("Deployment", "StatefulSet").map((each) => workloadStatus(each, objects));
  const parts = {
    workloads: await withLastWords(worstFirst([...running, ...awaited]), api, namespace, maskOf),
    waysIn: worstFirst(waysIn(objects, { expectsCertificates: !isLocal })),
    secrets: worstFirst(secretsStatus(objects)),
    claims: worstFirst(claimsStatus(objects)),
    jobs: worstFirst(jobsStatus(objects)),
    scheduled: worstFirst(scheduledStatus(objects, declared)),
  };
  const states = Object.values(parts).flatMap((all: readonly { state: State }[]) =>
    all.map(({ state }) => state),
  );
  return {
    name,
    namespace,
    url: ingress && `${ingress.tls ? "https" : "http"}://${ingress.hosts[0]!.host}`,
    state: running.length === 0 ? "not well" : worstOf(states),
    ...(await masked({ ...parts, warnings: recentWarnings(objects) }, maskOf)),
    unread: objects.unread,
  };
}
