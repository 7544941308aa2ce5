import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { expectNowhere } from "./markers";
import { secretValues } from "./secrets";

// The tests build on each other, in this order.
describe("a secret that is generated: the key that thebot signs with", () => {
  const api = kubernetes();
  const name = "thebot-dev";
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("dev", { only: "thebot" });
    await workspace.succeeds("up", "--yes", "--skip-preview");
  });
  afterAll(() => workspace.dispose());

  test("it is as long as the document asks, and stays over updates", async () => {
    const key = await signingKey();
    expect(key).toMatch(/^[A-Za-z0-9]{50}$/);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--refresh");
    expect(await signingKey()).toBe(key);
  });

  test("one command replaces it, and rolls what reads it and nothing else", async () => {
    const key = await signingKey();
    const before = await digests();
    const listed = await workspace.succeeds("stack", "--show-urns");
    const urn = /urn:\S+RandomPassword::thebot-SECRET_KEY/.exec(listed)![0];
    const output = await workspace.succeeds("up", "--yes", "--skip-preview", "--replace", urn);
    const fresh = await signingKey();
    expect(fresh).toMatch(/^[A-Za-z0-9]{50}$/);
    expect(fresh).not.toBe(key);
    const after = await digests();
    const changed = Object.keys(after).filter((each) => after[each] !== before[each]);
    expect(changed).toContain("thebot-backend");
    expect(changed).not.toContain("thebot-frontend");
    expectNowhere([key, fresh], { output, "the state": await workspace.stateFiles() });
  });

  test("a password of one's own takes the place of the generated one, in every address too", async () => {
    const own = "a-password-of-my-own";
    await workspace.succeeds("config", "set", "--secret", "thebot:POSTGRES_PASSWORD", own);
    const output = await workspace.succeeds("up", "--yes", "--skip-preview");
    expect((await secretValues(api, name, "thebot-postgres")).password).toBe(own);
    expect((await secretValues(api, name, "thebot-secrets")).DATABASE_URL).toContain(`:${own}@`);
    expectNowhere([own], { output, "the state": await workspace.stateFiles() });
  });

  const signingKey = async () => (await secretValues(api, name, "thebot-secrets")).SECRET_KEY!;

  async function digests(): Promise<Record<string, string>> {
    const all = await api.list(`/apis/apps/v1/namespaces/${name}/deployments`);
    return Object.fromEntries(
      all.map(({ metadata, spec }) => [
        metadata.name,
        spec.template.metadata.annotations?.["muster.dev/secrets"] ?? "",
      ]),
    );
  }
});
