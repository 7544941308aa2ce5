import type { SystemGraph } from "../../components/declaration";
import type { NamespaceObjects } from "./namespace-objects";
import type { State } from "./state";

/** What runs at set times, such as the backups of a server. */
export interface ScheduledStatus {
  readonly name: string;
  /** Not well where its last two runs have brought nothing. */
  readonly state: State;
  readonly schedule: string;
  /** When it last succeeded. */
  readonly lastGood?: string;
}

export function scheduledStatus(
  { of }: Pick<NamespaceObjects, "of">,
  workloads: SystemGraph["workloads"],
  now = Date.now(),
): ScheduledStatus[] {
  const names = new Set(workloads.filter(({ kind }) => kind === "cron-job").map(({ name }) => name));
  return of("CronJob")
    .filter(({ metadata: { name } }) => names.has(name))
    .map(({ metadata: { name, creationTimestamp }, spec, status }) => {
      const lastGood: string | undefined = status?.lastSuccessfulTime;
      // Before it was there, it had nothing to run.
      const since = Date.parse(lastGood ?? creationTimestamp);
      return {
        name,
        state: since < lastButOne(spec.schedule, now) ? "not well" : "well",
        schedule: spec.schedule,
        lastGood,
      };
    });
}

/** When it should have begun the last time but one. */
function lastButOne(schedule: string, now: number): number {
  // Loaded when there is a schedule: it brings a calendar library.
  const { CronExpressionParser } = require("cron-parser") as typeof import("cron-parser");
  const usual = schedule.replace("@midnight", "@daily").replaceAll("?", "*");
  const times = CronExpressionParser.parse(usual, { currentDate: new Date(now), tz: "UTC" });
  times.prev();
  return times.prev().getTime();
}
