import { conditionInWords, lastWordsInWords, reasonsInWords } from "../../cluster/status/in-words";
import type { JobStatus, JobsStatus } from "../../cluster/status/jobs";
import type { ClaimStatus, SecretStatus } from "../../cluster/status/kept-data";
import type { RecentWarning } from "../../cluster/status/recent-warnings";
import type { ScheduledStatus } from "../../cluster/status/scheduled";
import { type State, worstFirst } from "../../cluster/status/state";
import type { SystemStatus } from "../../cluster/status/system-status";
import type { WayIn } from "../../cluster/status/ways-in";
import type { StackStatus } from "./stack-status";

const marks: Readonly<Record<State, string>> = { well: "✓", working: "…", "not well": "✗" };

/** Screen of a stack, worst first. */
export function statusInText(
  { stack, state, lastUpdate, systems, differs }: StackStatus,
  now = Date.now(),
): string {
  const head = [
    `${marks[state]} stack ${stack} is ${state === "working" ? "working on it" : state}`,
    `  ${lastUpdate ? updateInWords(lastUpdate, now) : "never updated"}`,
    ...differs.map((line) => `  ${line}`.trimEnd()),
  ];
  const parts = worstFirst(systems).map((system) => systemLines(system, now).join("\n"));
  return [head.join("\n"), ...parts].join("\n\n");
}

function updateInWords(update: NonNullable<StackStatus["lastUpdate"]>, now: number): string {
  const { begun, by, result, commit, isDirty, message } = update;
  const words = { succeeded: "succeeded", failed: "failed", "in-progress": "is under way, or was killed" };
  const [subject] = message.split("\n");
  const version = commit && `commit ${commit.slice(0, 9)}${isDirty ? " with changes" : ""}`;
  const what = [version, by && `by ${by}`, subject && `"${subject}"`].filter(Boolean).join(", ");
  return `last update ${age(begun, now)} ago (${utc(begun)}) ${words[result]}${what ? `: ${what}` : ""}`;
}

function systemLines(system: SystemStatus, now: number): string[] {
  const { name, namespace, url, workloads, waysIn, secrets, claims, jobs, scheduled, unread } = system;
  const width = Math.max(4, ...workloads.map(({ name }) => name.length));
  return [
    `${name}  (namespace ${namespace})${url ? `  ${url}` : ""}`,
    ...(workloads.length === 0 ? ["  ✗ nothing of it runs here"] : []),
    ...workloads.flatMap((each) => workloadLines(each, width, now)),
    ...jobs.flatMap((each) => jobsLines(each, width, now)),
    ...scheduled.map((each) => scheduledLine(each, now)),
    ...waysIn.flatMap((each) => wayInLines(each, now)),
    ...claims.map(claimLine),
    ...secrets.filter(({ isSynced }) => isSynced).map((each) => syncedLine(each, now)),
    ...plainSecrets(secrets, now),
    ...warningLines(unsaid(system), now),
    ...(unread.length > 0 ? [`  · not looked at, which your user may not list: ${unread.join(", ")}`] : []),
  ];
}

function workloadLines(workload: SystemStatus["workloads"][number], width: number, now: number): string[] {
  const { name, state, ready, wanted, image, rolledOut, budget, autoscaler } = workload;
  const since = rolledOut
    ? `rolled out ${age(rolledOut, now)} ago`
    : state === "well"
      ? ""
      : "not rolled out";
  const scale = autoscaler && [
    `autoscaler ${autoscaler.now} of ${autoscaler.least} to ${autoscaler.most}`,
    autoscaler.wanted === undefined || autoscaler.wanted === autoscaler.now
      ? ""
      : `, wants ${autoscaler.wanted}`,
    autoscaler.lacks ? "" : ` (${autoscaler.drivenBy.join(", ")})`,
  ];
  const spare = budget !== undefined && `${budget} may be evicted`;
  const facts = [image, since, scale?.join(""), spare].filter(Boolean).join("  ");
  return [
    `  ${marks[state]} ${name.padEnd(width)}  ${ready}/${wanted} ready  ${facts}`,
    ...(autoscaler?.lacks ? [`      ! it cannot scale: ${autoscaler.lacks}`] : []),
    ...reasonsInWords(workload).map((line) => `      ${line}`),
    ...workload.lastWords.flatMap(lastWordsInWords).map((line) => `      ${line}`),
  ];
}

function jobsLines(jobs: JobsStatus, width: number, now: number) {
  const { name, state, running, waiting, refused, succeeded, failed } = jobs;
  const counts = [
    `${running} running`,
    ...(waiting.length > 0 ? [`${waiting.length} waiting`] : []),
    ...(refused.length > 0 ? [`${refused.length} refused`] : []),
    `${succeeded} succeeded, ${failed.length} failed`,
  ];
  const line = (word: string) => (job: JobStatus) =>
    [`      ${job.name} ${word} ${age(job.since, now)}`, ...job.because.map(conditionInWords)].join(": ");
  return [
    `  ${state === "well" ? "·" : marks[state]} ${name.padEnd(width)}  jobs: ${counts.join(", ")}`,
    ...refused.map(line("is refused, for")),
    ...waiting.map(line("waits for")),
    ...failed.map(line("failed before")),
  ];
}

function wayInLines({ kind, name, state, hosts, address, certificates, problems }: WayIn, now: number) {
  const facts = certificates.map((each) => {
    if (each.message) return `certificate ${each.name}: ${each.message}`;
    return `certificate ${each.name}${each.until ? ` until ${utc(each.until)} (in ${age(new Date(now).toISOString(), Date.parse(each.until))})` : ""}`;
  });
  return [
    `  ${marks[state]} ${kind} ${name}  ${[hosts.join(", "), address, ...facts].filter(Boolean).join("  ")}`,
    ...problems.map((line) => `      ${line}`),
  ];
}

function scheduledLine({ name, state, schedule, lastGood }: ScheduledStatus, now: number): string {
  const last = lastGood ? `last good ${age(lastGood, now)} ago (${utc(lastGood)})` : "none good yet";
  return `  ${marks[state]} ${name}  ${last}  at ${schedule}`;
}

function claimLine({ name, state, size, wanted, message }: ClaimStatus): string {
  const facts = [size, wanted && `asks for ${wanted}`, message].filter(Boolean);
  return `  ${marks[state]} volume ${name}  ${facts.join("  ")}`;
}

function syncedLine({ name, state, since, message }: SecretStatus, now: number): string {
  const facts = [since && `synced ${age(since, now)} ago`, message].filter(Boolean);
  return `  ${marks[state]} secret ${name}  ${facts.join("  ")}`;
}

function plainSecrets(secrets: readonly SecretStatus[], now: number): string[] {
  const plain = secrets.filter(({ isSynced }) => !isSynced);
  if (plain.length === 0) return [];
  const each = plain.map(({ name, since }) => `${name} (${age(since!, now)})`);
  return [`  ✓ secrets  ${each.join(", ")}`];
}

/** Warnings that none of the lines above has. */
function unsaid({ workloads, jobs, warnings }: SystemStatus): RecentWarning[] {
  const conditions = [
    ...workloads.flatMap(({ refused, notReady }) => [
      ...refused,
      ...notReady.flatMap(({ because }) => because),
    ]),
    ...jobs.flatMap(({ waiting, refused, failed }) =>
      [...waiting, ...refused, ...failed].flatMap(({ because }) => because),
    ),
  ];
  const said = new Set(conditions.map(({ message }) => message));
  const cannotScale = workloads.flatMap(({ name, autoscaler }) =>
    autoscaler?.lacks ? `HorizontalPodAutoscaler ${name}` : [],
  );
  return warnings.filter(({ about, message }) => !said.has(message) && !cannotScale.includes(about));
}

const most = 5;

function warningLines(warnings: readonly RecentWarning[], now: number): string[] {
  const more = warnings.length - most;
  return [
    ...warnings
      .slice(0, most)
      .map(
        ({ about, reason, message, count, last }) =>
          `  ! ${about}: ${reason}${count > 1 ? `, ${count} times` : ""}, ${age(last, now)} ago: ${message}`,
      ),
    ...(more > 0 ? [`  ! and ${more} more warnings of the last hour: kubectl get events`] : []),
  ];
}

/** From a time until now, in the largest unit that it fills. */
function age(since: string, now: number): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(since)) / 1000));
  const units: readonly [number, string][] = [
    [86_400, "d"],
    [3600, "h"],
    [60, "min"],
  ];
  const [size, unit] = units.find(([size]) => seconds >= 2 * size) ?? [1, "s"];
  return `${Math.floor(seconds / size)} ${unit}`;
}

function utc(time: string): string {
  return `${time.slice(0, 16).replace("T", " ")} UTC`;
}
