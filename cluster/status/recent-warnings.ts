import type { NamespaceObjects } from "./namespace-objects";

export interface RecentWarning {
  readonly about: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly last: string;
}

const hour = 60 * 60_000;

/** Of a Job of a CronJob's own that somebody made, as `npm run backup` does. */
const madeByHand = "UnexpectedJob";

/** What the cluster warned of in the last hour, newest first. */
export function recentWarnings({ of }: NamespaceObjects, now = Date.now()): RecentWarning[] {
  return of("Event")
    .filter(({ type, reason }) => type === "Warning" && reason !== madeByHand)
    .map(({ involvedObject, reason, message, count, series, ...event }) => ({
      about: `${involvedObject.kind} ${involvedObject.name}`,
      reason,
      message,
      count: series?.count ?? count ?? 1,
      last:
        series?.lastObservedTime ??
        event.lastTimestamp ??
        event.eventTime ??
        event.metadata.creationTimestamp,
    }))
    .filter(({ last }) => now - Date.parse(last) < hour)
    .sort((one, other) => Date.parse(other.last) - Date.parse(one.last));
}
