import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExternalSecretsOperator } from "../../tools/external-secrets";
import { externalSecretsOperator } from "../harness/external-secrets";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { expectNowhere } from "./markers";
import { secretValues } from "./secrets";

// The password is in a store that Pulumi does not read, and of Redis the programs want it inside a URL.
describe("thebot in prod with managed servers, whose passwords are in a store", () => {
  const api = kubernetes();
  const password = "p@ss+w rd/ü%&é";
  let operator: ExternalSecretsOperator;
  let workspace: Workspace;

  beforeAll(async () => {
    operator = await externalSecretsOperator();
    await operator.install();
    operator.start();
    await api.apply("/api/v1/namespaces/databases", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "databases" },
    });
    await store({ postgres: password, redis: password });
    workspace = await createWorkspace("prod", { only: "thebot" });
    await workspace.edit("Pulumi.prod.yaml", (text) =>
      text.replace(/^ {4}(?:postgresql|redis):\n(?: {6}.*\n)+/gm, "").replace(
        "muster:thebot:",
        `$&
    managedDatabase: { host: db.example.org, database: app, user: app, cidrs: [10.1.0.0/16] }
    managedRedis: { host: cache.example.org, cidrs: [10.2.0.0/16] }
    secrets:
      external:
        kubernetes: { namespace: databases, secret: passwords }
      keys:
        POSTGRES_PASSWORD: { source: external, field: postgres }
        REDIS_PASSWORD: { source: external, field: redis }`,
      ),
    );
  });
  afterAll(async () => {
    await workspace?.dispose();
    await operator?.stop();
    await operator?.uninstall();
  });

  test("the operator composes the URL, in which the password is escaped, and brings the other as it is", async () => {
    await workspace.succeeds("up", "--yes", "--skip-preview", "--policy-pack", "policies");
    const { DB_PASSWORD, REDIS_URL } = await secrets();
    expect(DB_PASSWORD).toBe(password);
    expect(REDIS_URL!.replace(encodeURIComponent(password), "…")).toMatch(
      /^rediss?:\/\/:[^:@/]+@cache\.example\.org:6379$/,
    );
    expect(decodeURIComponent(new URL(REDIS_URL!).password)).toBe(password);
  });

  test("Pulumi never sees it, and finds nothing to change", async () => {
    const output = await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes", "--diff");
    expectNowhere([password], { output, "the state": await workspace.stateFiles() });
  });

  test("a new one reaches the Secret", async () => {
    await store({ postgres: "another", redis: "a/third" });
    await workspace.succeeds(
      "config",
      "set",
      "--path",
      "muster:thebot.secrets.external.refreshInterval",
      "1m",
    );
    await workspace.succeeds("up", "--yes", "--skip-preview");
    const passwords = async () => {
      const { DB_PASSWORD, REDIS_URL } = await secrets();
      return [DB_PASSWORD, new URL(REDIS_URL!).password];
    };
    await expect.poll(passwords).toEqual(["another", "a%2Fthird"]);
  });

  test("one key from the store to config, by the documented commands", async () => {
    await toConfig("REDIS_PASSWORD");
    const before = await secrets();
    const urns = await workspace.succeeds("stack", "--show-urns");
    const [urn] = /urn:\S+external-secrets\.io\S+:ExternalSecret::thebot-secrets/.exec(urns)!;
    await workspace.succeeds("up", "--yes", "--target", urn);
    // Gone from the Secret before the pods are rolled, or they would start without it.
    expect(Object.keys(await secrets())).toEqual(Object.keys(before).filter((key) => key !== "REDIS_URL"));
    await workspace.succeeds("up", "--yes");
    const { REDIS_URL, ...others } = await secrets();
    expect(new URL(REDIS_URL!).password).toBe("from-config");
    expect({ REDIS_URL: before.REDIS_URL, ...others }).toEqual(before);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  test("the last key, too", async () => {
    await toConfig("POSTGRES_PASSWORD");
    await workspace.succeeds("config", "rm", "--path", "muster:thebot.secrets.external");
    await api.delete("/apis/external-secrets.io/v1/namespaces/thebot/externalsecrets/thebot-secrets");
    const env = { ...workspace.environment, PULUMI_K8S_ENABLE_PATCH_FORCE: "true" };
    await execa("pulumi", ["up", "--yes"], { cwd: workspace.project, env });
    expect((await secrets()).DB_PASSWORD).toBe("from-config");
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  test("another database has the migration run there, and nothing else a second time", async () => {
    const jobs = async () =>
      (await api.list("/apis/batch/v1/namespaces/thebot/jobs"))
        .map(({ metadata }) => metadata.name)
        .filter((name) => name.startsWith("thebot-"))
        .sort();
    const [collectstatic, migrate] = await jobs();
    await workspace.succeeds(
      "config",
      "set",
      "--path",
      "muster:thebot.managedDatabase.host",
      "other.example.org",
    );
    await workspace.succeeds("up", "--yes", "--skip-preview");
    const after = await jobs();
    expect(after).toEqual([collectstatic, expect.stringMatching(/^thebot-migrate-/)]);
    expect(after[1]).not.toBe(migrate);
  });

  async function toConfig(key: string) {
    const of = `muster:thebot.secrets.keys.${key}`;
    await workspace.succeeds("config", "set", "--path", `${of}.source`, "config");
    await workspace.succeeds("config", "rm", "--path", `${of}.field`);
    await workspace.succeeds("config", "set", "--secret", `thebot:${key}`, "from-config");
  }

  const secrets = () => secretValues(api, "thebot", "thebot-secrets");

  async function store(stringData: Readonly<Record<string, string>>) {
    const path = "/api/v1/namespaces/databases/secrets/passwords";
    await api.apply(path, { apiVersion: "v1", kind: "Secret", metadata: { name: "passwords" }, stringData });
  }
});
