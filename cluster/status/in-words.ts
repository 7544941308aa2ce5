import type { LastWords } from "./last-words";
import type { Condition, UnreadyPod } from "./pods";

/** Why a workload is not ready, a line for each pod and for each of its reasons. */
export function reasonsInWords({
  refused,
  notReady,
}: {
  readonly refused: readonly Condition[];
  readonly notReady: readonly UnreadyPod[];
}): string[] {
  const pods = notReady.flatMap(({ name, because }) => [
    name,
    ...because.map((each) => `  ${conditionInWords(each)}`),
  ]);
  return [...refused.map(conditionInWords), ...pods];
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
