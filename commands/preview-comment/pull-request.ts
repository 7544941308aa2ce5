import { execa } from "execa";
import { Failure } from "../../tools/failure";
import { marker } from "./comment";

/** Changes the comment of an earlier run, or adds the first one. Another's is never written over, whatever it begins with. */
export async function writeComment(body: string, pullRequest: string): Promise<void> {
  const earlier = (await ownComments(pullRequest)).find((each) => each.body.startsWith(marker));
  const target = earlier
    ? ["--method", "PATCH", `repos/{owner}/{repo}/issues/comments/${earlier.databaseId}`]
    : ["--method", "POST", `repos/{owner}/{repo}/issues/${pullRequest}/comments`];
  const written = JSON.parse(await gh([...target, "--input", "-"], JSON.stringify({ body })));
  console.log(`${earlier ? "Changed" : "Added"}: ${written.html_url}`);
}

interface PullRequestComment {
  readonly databaseId: number;
  readonly body: string;
  readonly viewerDidAuthor: boolean;
}

// Who asks is known to GitHub alone: the token of a workflow may not ask for its own name.
const commentsQuery = `query($owner: String!, $repo: String!, $number: Int!, $endCursor: String) {
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      comments(first: 100, after: $endCursor) {
        nodes { databaseId body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }
    }
  }
}`;

async function ownComments(pullRequest: string): Promise<PullRequestComment[]> {
  const variables = ["owner={owner}", "repo={repo}", `number=${pullRequest}`].flatMap((field) => [
    "-F",
    field,
  ]);
  const pages: { data: { repository: { pullRequest: { comments: { nodes: PullRequestComment[] } } } } }[] =
    JSON.parse(await gh(["graphql", "--paginate", "--slurp", ...variables, "-f", `query=${commentsQuery}`]));
  const all = pages.flatMap(({ data }) => data.repository.pullRequest.comments.nodes);
  return all.filter(({ viewerDidAuthor }) => viewerDidAuthor);
}

async function gh(args: string[], input?: string): Promise<string> {
  const { failed, stdout, stderr } = await execa("gh", ["api", ...args], { input, reject: false });
  if (failed)
    throw new Failure(
      `The comment could not be written: gh said: ${stderr.trim() || "nothing (is it installed?)"}`,
    );
  return stdout;
}
