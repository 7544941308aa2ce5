import { changeInWords, changesBetween } from "../../config/changes";
import type { Update } from "../../tools/stack-history";

/** The last updates, newest first, each with what was another than in the one before. */
export function updatesInText(updates: readonly Update[], most = 10): string {
  return updates
    .slice(0, most)
    .map((update, index) => [heading(update), ...differences(update, updates[index + 1])].join("\n"))
    .join("\n\n");
}

function heading({ number, begun, result, commit, isDirty, by, message }: Update): string {
  const program = commit && `commit ${commit.slice(0, 9)}${isDirty ? " with changes" : ""}`;
  const [subject] = message.split("\n");
  const who = [program, by && `by ${by}`, subject && `"${subject}"`].filter(Boolean).join(", ");
  return `${number}  ${begun.slice(0, 16).replace("T", " ")} UTC  ${result}${who ? `  ${who}` : ""}`;
}

function differences(update: Update, before: Update | undefined): string[] {
  if (before === undefined) return ["     the first that is kept"];
  const lines = [
    ...changesBetween(before.config, update.config).map(changeInWords),
    ...(update.commit === before.commit && !update.isDirty && !before.isDirty
      ? []
      : programChange(before, update)),
    ...update.secretKeys
      .filter((key) => !before.secretKeys.includes(key))
      .map((key) => `${key}: [secret] is new`),
    ...before.secretKeys
      .filter((key) => !update.secretKeys.includes(key))
      .map((key) => `${key}: [secret] is gone`),
  ];
  return (lines.length > 0 ? lines : ["the same config and program"]).map((line) => `     ${line}`);
}

function programChange(before: Update, after: Update): string[] {
  if (before.commit === undefined || after.commit === undefined) return [];
  if (before.commit === after.commit) return ["the program, as far as it was not committed"];
  return [`the program: git log ${before.commit.slice(0, 9)}..${after.commit.slice(0, 9)}`];
}
