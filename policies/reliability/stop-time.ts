import type { Field } from "../field";
import { kubernetes } from "../references";
import type { Rule } from "../rule";

export const stopTime: Rule = {
  id: "stop-time",
  title: "A pod must have more time to stop than its preStop hook takes: the rest is the program's own.",
  severity: "medium",
  references: [
    kubernetes(
      "Pod Lifecycle: Termination of Pods",
      "concepts/workloads/pods/pod-lifecycle/#pod-termination",
    ),
  ],
  mend: "Raise terminationGracePeriodSeconds, or shorten the hook.",
  checkContainer(container, report) {
    const hook = container.field.at("lifecycle", "preStop");
    const [sleep, command] = [hook.at("sleep", "seconds"), hook.at("exec", "command")];
    const grace = container.pod.spec.at("terminationGracePeriodSeconds");
    const unknown = [sleep, command, grace].find(({ isUnknown }) => isUnknown);
    if (!hook.isSet) return;
    if (unknown) return report(unknown);
    const taken = sleep.number ?? secondsOf(command);
    const given = grace.number ?? 30;
    if (taken !== undefined && taken >= given)
      report(sleep.isSet ? sleep : command.hidden(), `of ${given} s to stop, the hook takes ${taken}`);
  },
};

/** The seconds of a command that only sleeps, as in `["sh", "-c", "sleep 10"]`. */
function secondsOf(command: Field): number | undefined {
  const words = command
    .items()
    .map(({ value }) => String(value))
    .join(" ");
  const seconds = /\bsleep (\d+)s?\b/.exec(words)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
