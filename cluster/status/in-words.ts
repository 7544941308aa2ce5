import type { LastWords } from "./last-words";
import type { Condition, UnreadyPod } from "./pods";

/** Why a workload is not ready. What is said of several pods alike is said once, with how many they are. */
export function reasonsInWords(
  { refused, notReady }: { readonly refused: readonly Condition[]; readonly notReady: readonly UnreadyPod[] },
  isNew: (reason: string) => boolean = () => true,
): string[] {
  const ofNoPod = alike(refused, withoutNames).map(([one, ...more]) => ({
    reason: withoutNames(one!),
    times: more.length > 0 ? ` (${more.length + 1} times)` : "",
  }));
  const pods = alike(notReady, ({ name, because }) => because.map((each) => withoutNames(each, name)).join());
  return [
    ...ofNoPod.filter(({ reason }) => isNew(reason)).map(({ reason, times }) => `${reason}${times}`),
    ...pods.flatMap((group) => {
      const { name, because } = group[0]!;
      const reasons = because.filter((each) => isNew(withoutNames(each, name)));
      return reasons.length === 0 && because.length > 0
        ? []
        : [namesOf(group), ...reasons.map((each) => `  ${conditionInWords(each)}`)];
    }),
  ];
}

function namesOf(pods: readonly UnreadyPod[]): string {
  const [first, second, ...more] = pods.map(({ name }) => name);
  if (second === undefined) return first!;
  return more.length > 0 ? `${first}, ${second} and ${more.length} more` : `${first}, ${second}`;
}

/** A condition without what is another for each of several pods: their names and ids. */
function withoutNames(condition: Condition, pod = ""): string {
  const text = conditionInWords(condition)
    .replace(/\bpods? "[^"]*"/, "a pod")
    .replace(/\bback-off \S+/, "back-off")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, "…");
  return pod ? text.replaceAll(pod, "…") : text;
}

/** Groups of what is the same by its text, in the order of the first of each. */
function alike<T>(all: readonly T[], text: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(text(one), [...(groups.get(text(one)) ?? []), one]);
  return [...groups.values()];
}

/** How a container ended, and the last lines of its log. */
export function lastWordsInWords({
  pod,
  container,
  exitCode,
  reason,
  message,
  isPrevious,
  log,
  withheld,
}: LastWords): string[] {
  const why = reason && reason !== "Error" ? ` (${reason})` : "";
  const ended = `container ${container} of ${pod} ended with exit code ${exitCode}${why}`;
  return [
    message ? `${ended}: ${message.replaceAll("\n", "\n    ")}` : ended,
    ...(withheld ? [`  ${withheld}`] : []),
    ...(log.length > 0
      ? [isPrevious ? "  the end of its log, before it was restarted:" : "  the end of its log:"]
      : []),
    ...log.map((line) => `    ${line}`),
  ];
}

export function conditionInWords({ reason, message }: Condition): string {
  return message ? `${reason}: ${message}` : reason;
}
