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

  test("a password of one's own takes the place of the generated one, in every address too; no server restarts for it", async () => {
    const own = { POSTGRES_PASSWORD: "a-password-of-my-own", REDIS_PASSWORD: "another-of-my-own" };
    const [servers, readers] = [await serverPods(), await digests()];
    expect((await addresses()).DATABASE_URL).toMatch(/^postgresql:\/\/thebot_user:/);
    for (const [key, value] of Object.entries(own))
      await workspace.succeeds("config", "set", "--secret", `thebot:${key}`, value);
    const output = await workspace.succeeds("up", "--yes", "--skip-preview");
    const { user, password } = await secretValues(api, name, "thebot-postgres");
    expect(password).toBe(own.POSTGRES_PASSWORD);
    // The password of before is another login's, which readers of before go on using.
    expect(user).toMatch(/^thebot_user_[0-9a-f]{8}$/);
    expect((await addresses()).DATABASE_URL).toContain(`//${user}:${password}@`);
    expect((await addresses()).REDIS_URL).toContain(`:${own.REDIS_PASSWORD}@`);
    expect((await digests())["thebot-celery"]).not.toBe(readers["thebot-celery"]);
    expect(await serverPods()).toEqual(servers);
    expectNowhere(Object.values(own), { output, "the state": await workspace.stateFiles() });
  });

  test("once nobody is left who started with it, an old one is withdrawn, with nothing to update", async () => {
    const pods = () => api.list(`/api/v1/namespaces/${name}/pods`);
    await expect
      .poll(async () => (await pods()).filter(({ metadata }) => metadata.deletionTimestamp), patience)
      .toEqual([]);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
    for (const server of ["thebot-postgres", "thebot-redis"]) {
      const { metadata } = await api.get(`/api/v1/namespaces/${name}/secrets/${server}`);
      expect(metadata.annotations ?? {}).not.toHaveProperty(["muster.dev/old-password"]);
    }
  });

  const patience = { timeout: 60_000 };

  const addresses = () => secretValues(api, name, "thebot-secrets");

  const serverPods = () =>
    Promise.all(
      ["thebot-postgres-0", "thebot-redis-0"].map(
        async (pod) => (await api.get(`/api/v1/namespaces/${name}/pods/${pod}`)).metadata.uid,
      ),
    );

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
