import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { execa } from "execa";
import { command, Failure } from "../tools/failure";
import { comment, marker, type Preview } from "./preview-comment/comment";

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
      else await write(body, options.pullRequest);
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

/** Changes the comment of an earlier run, or adds the first one. */
async function write(body: string, pullRequest: string): Promise<void> {
  const comments = `repos/{owner}/{repo}/issues/${pullRequest}/comments`;
  const pages: { id: number; body: string; html_url: string }[][] = JSON.parse(
    await gh(["--paginate", "--slurp", comments]),
  );
  const earlier = pages.flat().find((each) => each.body.startsWith(marker));
  const target = earlier
    ? ["--method", "PATCH", `repos/{owner}/{repo}/issues/comments/${earlier.id}`]
    : ["--method", "POST", comments];
  const written = JSON.parse(await gh([...target, "--input", "-"], JSON.stringify({ body })));
  console.log(`${earlier ? "Changed" : "Added"}: ${written.html_url}`);
}

async function gh(args: string[], input?: string): Promise<string> {
  const { failed, stdout, stderr } = await execa("gh", ["api", ...args], { input, reject: false });
  if (failed)
    throw new Failure(
      `The comment could not be written: gh said: ${stderr.trim() || "nothing (is it installed?)"}`,
    );
  return stdout;
}
