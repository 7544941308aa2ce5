import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { comment } from "../../commands/preview-comment/comment";

const changed = `Previewing update (prod):
  pulumi:pulumi:Stack: (same)
    ~ kubernetes:apps/v1:Deployment: (update)
          ~ image: "dispatcher:1" => "dispatcher:2"
    + kubernetes:policy/v1:PodDisruptionBudget: (create)
    - kubernetes:batch/v1:Job: (delete)
Resources:
    + 1 to create
    ~ 1 to update
    - 1 to delete
    3 changes. 36 unchanged
`;
const prod = { stack: "prod", exitCode: 0, output: changed };

describe("the comment", () => {
  test("says of each stack how its preview ended and what it changes", () => {
    const failed = { stack: "dev", exitCode: 255, output: "error: preview failed\n" };
    const text = comment([failed, prod, { stack: "staging", output: "Previewing" }], "0123456789abcdef");
    expect(text).toContain("### What 012345678 changes");
    expect(text).toContain("| dev | ❌ failed | not known |");
    expect(text).toContain(
      "| prod | ✅ | + 1 to create, ~ 1 to update, - 1 to delete, 3 changes. 36 unchanged |",
    );
    expect(text).toContain("| staging | ❌ interrupted | not known |");
  });

  test("opens the details of what failed, and only those", () => {
    const text = comment([{ ...prod, stack: "dev", exitCode: 1 }, prod], "abc");
    expect(text).toContain("<details open><summary>dev</summary>");
    expect(text).toContain("<details><summary>prod</summary>");
  });

  test("marks changed lines as GitHub colours them", () => {
    const lines = comment([prod], "abc").split("\n");
    expect(lines).toContain("+   + kubernetes:policy/v1:PodDisruptionBudget: (create)");
    expect(lines).toContain("-   - kubernetes:batch/v1:Job: (delete)");
    expect(lines).toContain("!   ~ kubernetes:apps/v1:Deployment: (update)");
  });

  test("stays within what GitHub takes, and keeps how each preview begins and ends", () => {
    const long = `begins\n${"    + another one\n".repeat(20_000)}ends`;
    const stacks = ["a", "b", "c", "d"].map((stack) => ({ stack, exitCode: 0, output: long }));
    const text = comment(stacks, "abc");
    expect(text.length).toBeLessThan(65_536);
    expect(text.match(/^begins$/gm)).toHaveLength(4);
    expect(text.match(/^ends$/gm)).toHaveLength(4);
    expect(text.match(/left out here/g)).toHaveLength(4);
  });

  test("shows no token, whatever printed it", () => {
    const token = `ghp_${"Ab1".repeat(12)}`;
    expect(comment([{ ...prod, output: `value: "${token}"` }], "abc")).not.toContain("Ab1");
  });

  test("does not let what was printed end its block and write into the comment", () => {
    const text = comment([{ ...prod, output: "```\n@everyone\n````diff\n" }], "abc");
    const fences = text.split("\n").filter((line) => /^`{5}/.test(line));
    expect(fences).toEqual(["`````diff", "`````"]);
  });
});

/** A `gh` that keeps the comments of a pull request in a file, two a page, each with whether it is this user's own. */
const fakeGh = `#!/usr/bin/env node
const { readFileSync, writeFileSync } = require("node:fs");
const file = process.env.COMMENTS;
const comments = JSON.parse(readFileSync(file, "utf8"));
const [api, ...args] = process.argv.slice(2);
const method = args.includes("--method") ? args[args.indexOf("--method") + 1] : "GET";
const path = args.find((arg) => arg.startsWith("repos/"));
const id = Number(/^repos\\/\\{owner\\}\\/\\{repo\\}\\/issues\\/comments\\/(\\d+)$/.exec(path)?.[1]);
const ofPullRequest = path === "repos/{owner}/{repo}/issues/12/comments";
const fields = args.filter((_, i) => args[i - 1] === "-F" || args[i - 1] === "-f");
if (api !== "api") throw new Error("not an API call");
const asksForComments =
  args[0] === "graphql" && ["owner={owner}", "repo={repo}", "number=12"].every((field) => fields.includes(field));
if (asksForComments && args.includes("--paginate") && args.includes("--slurp")) {
  const pages = [];
  for (let i = 0; i < comments.length; i += 2) {
    const nodes = comments.slice(i, i + 2).map(({ id, body, own }) => ({ databaseId: id, body, viewerDidAuthor: own }));
    pages.push({ data: { repository: { pullRequest: { comments: { nodes } } } } });
  }
  console.log(JSON.stringify(pages));
  process.exit();
}
if (!args.includes("--input")) {
  console.error("HTTP 404");
  process.exit(1);
}
const { body } = JSON.parse(readFileSync(0, "utf8"));
let written;
if (method === "POST" && ofPullRequest) comments.push((written = { id: comments.length + 1, body, own: true }));
else (written = comments.find((each) => each.id === id)).body = body;
written.html_url = "https://example.com/comments/" + written.id;
writeFileSync(file, JSON.stringify(comments));
console.log(JSON.stringify(written));
`;

describe("the command", () => {
  let directory: string;
  const file = (name: string) => join(directory, name);
  const comments = (): { body: string }[] => JSON.parse(readFileSync(file("comments.json"), "utf8"));
  const previewComment = (...args: string[]) =>
    execa(
      process.execPath,
      ["--require", "tsx/cjs", "commands/preview-comment.ts", file("previews"), "--commit", "abc", ...args],
      {
        env: { PATH: [directory, process.env.PATH].join(delimiter), COMMENTS: file("comments.json") },
        reject: false,
      },
    );

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "muster-preview-comment-"));
    mkdirSync(file("previews"));
    writeFileSync(file("gh"), fakeGh, { mode: 0o755 });
    const others = [
      "Looks good.",
      "I quote: <!-- muster: preview -->",
      "<!-- muster: preview -->\nMine, and stays.",
    ];
    writeFileSync(
      file("comments.json"),
      JSON.stringify(others.map((body, i) => ({ id: i + 1, body, own: false }))),
    );
    writeFileSync(file("previews/prod.txt"), changed);
    writeFileSync(file("previews/prod.exit"), "0\n");
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  test("adds one comment, and afterwards keeps that one up to date; another's stays, whatever it begins with", async () => {
    expect(await previewComment("--pull-request", "12")).toMatchObject({ exitCode: 0 });
    expect(comments()).toHaveLength(4);
    expect(comments()[3]!.body).toContain("| prod | ✅ |");

    writeFileSync(file("previews/prod.exit"), "255\n");
    const { stdout } = await previewComment("--pull-request", "12");
    expect(stdout).toBe("Changed: https://example.com/comments/4");
    expect(
      comments()
        .slice(0, 3)
        .map(({ body }) => body),
    ).toEqual([
      "Looks good.",
      "I quote: <!-- muster: preview -->",
      "<!-- muster: preview -->\nMine, and stays.",
    ]);
    expect(comments()).toHaveLength(4);
    expect(comments()[3]!.body).toContain("| prod | ❌ failed |");
  });

  test("prints the comment where no pull request is named", async () => {
    const { stdout } = await previewComment();
    expect(stdout).toContain("| prod | ✅ |");
    expect(comments()).toHaveLength(3);
  });

  test("writes nothing where no stack was previewed", async () => {
    rmSync(file("previews"), { recursive: true });
    const { stdout, exitCode } = await previewComment("--pull-request", "12");
    expect({ stdout, exitCode }).toEqual({
      stdout: "No stack was previewed: there is nothing to comment on.",
      exitCode: 0,
    });
    expect(comments()).toHaveLength(3);
  });

  test("fails with what GitHub said, without a stack trace", async () => {
    const { stderr, exitCode } = await previewComment("--pull-request", "13");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("The comment could not be written: gh said: HTTP 404");
    expect(stderr).not.toContain("at async");
  });
});
