import { withoutTokens } from "../../config/secret-looking";

/** The outcome of `pulumi preview --diff` of one stack. */
export interface Preview {
  readonly stack: string;
  /** Undefined where the preview did not come to its end. */
  readonly exitCode?: number;
  /** Everything that it printed, without colours. */
  readonly output: string;
}

/** What a comment begins with, by which the next run finds it. Unseen by readers. */
export const marker = "<!-- muster: preview -->";

// GitHub takes 65,536 characters.
const longest = 60_000;

/** The comment on a pull request that says what it changes in each stack. */
export function comment(previews: readonly Preview[], commit: string): string {
  const room = Math.floor((longest - 200 * previews.length) / previews.length);
  const rows = previews.map((preview) => `| ${preview.stack} | ${result(preview)} | ${changes(preview)} |`);
  return [
    marker,
    `### What ${commit.slice(0, 9)} changes\n`,
    "| stack | preview | resources |\n| --- | --- | --- |",
    ...rows,
    ...previews.map((preview) => details(preview, room)),
    "",
  ].join("\n");
}

function result({ exitCode }: Preview): string {
  if (exitCode === undefined) return "❌ interrupted";
  return exitCode === 0 ? "✅" : "❌ failed";
}

/** The lines under the last `Resources:`, such as `+ 2 to create`. */
function changes({ output }: Preview): string {
  // Refused on the way: what was listed until then is not all.
  if (output.includes("Nothing was created or changed.")) return "not known";
  const summary =
    output
      .split(/^Resources:$/m)
      .slice(1)
      .pop() ?? "";
  const [block = ""] = /^(\n +\S.*)*/.exec(summary) ?? [];
  return block.trim().split(/\n +/).join(", ") || "not known";
}

function details(preview: Preview, room: number): string {
  const text = shorten(asDiff(withoutTokens(preview.output.trim())), room);
  // Longer than any fence in the text, which could otherwise end it and write into the comment.
  const fence = "`".repeat(Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const open = preview.exitCode === 0 ? "" : " open";
  return `\n<details${open}><summary>${preview.stack}</summary>\n\n${fence}diff\n${text}\n${fence}\n</details>`;
}

/** GitHub colours a line by its first character, where Pulumi indents its signs. */
function asDiff(output: string): string {
  return output.replace(/^ (?= *(\+-|-\+|[-+~]) )/gm, (_, sign: string) =>
    /^[-+]$/.test(sign) ? sign : "!",
  );
}

/** Leaves out whole lines of the middle: what failed and what changes in all stands at the end. */
function shorten(text: string, room: number): string {
  if (text.length <= room) return text;
  const start = text.slice(0, room / 2);
  const end = text.slice(-room / 2);
  const head = start.slice(0, Math.max(0, start.lastIndexOf("\n")));
  const tail = end.slice(end.indexOf("\n") + 1);
  return `${head}\n… left out here; the job's log has it whole …\n${tail}`;
}
