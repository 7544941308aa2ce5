import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { command } from "../tools/failure";
import { comment, type Preview } from "./preview-comment/comment";
import { writeComment } from "./preview-comment/pull-request";

new Command("preview-comment")
  .description("Prints what previews found as Markdown, or writes it as the one comment on a pull request.")
  .argument("<directory>", "holds <stack>.txt, what a preview printed, and <stack>.exit, its exit code")
  .requiredOption("--commit <sha>", "what was previewed")
  .option("--pull-request <number>", "writes the comment, by `gh`; without it, the comment is printed")
  .action((directory: string, options: { commit: string; pullRequest?: string }) =>
    command(async () => {
      const previews = read(directory);
      if (previews.length === 0) {
        console.log("No stack was previewed: there is nothing to comment on.");
        return;
      }
      const body = comment(previews, options.commit);
      if (options.pullRequest === undefined) console.log(body);
      else await writeComment(body, options.pullRequest);
    }),
  )
  .parse();

function read(directory: string): Preview[] {
  const files = existsSync(directory) ? readdirSync(directory).sort() : [];
  return files.flatMap((file) => {
    const stack = /^(.+)\.txt$/.exec(file)?.[1];
    if (stack === undefined) return [];
    const exit = join(directory, `${stack}.exit`);
    const exitCode = existsSync(exit) ? Number(readFileSync(exit, "utf8")) : undefined;
    return [{ stack, exitCode, output: readFileSync(join(directory, file), "utf8") }];
  });
}
