import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ExternalSecretsOperator } from "../../tools/external-secrets";
import { ConnectServer } from "../../tools/onepassword-connect";
import { externalSecretsOperator } from "../harness/external-secrets";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { secretValues } from "./secrets";

// As its document has it, and as it ships: URLs from a Secret of another namespace, the rest from 1Password.
describe("vomeet-bot in prod with secrets from two stores", () => {
  const api = kubernetes();
  let operator: ExternalSecretsOperator;
  let connect: ConnectServer;
  let workspace: Workspace;

  beforeAll(async () => {
    operator = await externalSecretsOperator();
    await operator.install();
    operator.start();
    await api.apply("/api/v1/namespaces/vomeet", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "vomeet" },
    });
    await api.apply("/api/v1/namespaces/vomeet/secrets/vomeet-bot-urls", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "vomeet-bot-urls" },
      stringData: {
        REDIS_URL: "redis://:marker@redis.vomeet:6379/0",
        WHISPER_LIVE_URL: "ws://whisperlive.vomeet:8000/ws",
      },
    });
    const item = { "db-password": "db-marker", "admin-token": "admin-marker" };
    connect = await new ConnectServer({ Production: { "vomeet-bot": item } }).start();
    workspace = await createWorkspace("prod", { only: "vomeet-bot" });
    await workspace.edit("Pulumi.prod.yaml", (text) =>
      text.replace("http://onepassword-connect.onepassword:8080", connect.url),
    );
    await workspace.succeeds("config", "set", "--secret", "vomeet-bot:onepassword-token", connect.token);
  });
  afterAll(async () => {
    await workspace?.dispose();
    await operator?.stop();
    await operator?.uninstall();
    await connect?.stop();
  });

  test("bot-manager and bots read them, and Pulumi never saw them", async () => {
    const up = await workspace.pulumi("up", "--yes", "--skip-preview", "--policy-pack", "policies");
    expect(up.exitCode, up.output).toBe(0);
    const pods = [
      (await api.get("/apis/apps/v1/namespaces/vomeet-bot/deployments/bot-manager")).spec.template.spec,
      (await api.get("/api/v1/namespaces/vomeet-bot/podtemplates/vomeet-bot")).template.spec,
    ];
    for (const { containers } of pods) {
      const read = containers[0].env.filter(({ name }: { name: string }) => /_URL$/.test(name));
      const values = await Promise.all(
        read
          .filter(({ valueFrom }: { valueFrom?: object }) => valueFrom)
          .map(
            async ({
              name,
              valueFrom,
            }: {
              name: string;
              valueFrom: { secretKeyRef: { name: string; key: string } };
            }) => [
              name,
              (await secretValues(api, "vomeet-bot", valueFrom.secretKeyRef.name))[
                valueFrom.secretKeyRef.key
              ],
            ],
          ),
      );
      expect(Object.fromEntries(values)).toEqual({
        REDIS_URL: "redis://:marker@redis.vomeet:6379/0",
        WHISPER_LIVE_URL: "ws://whisperlive.vomeet:8000/ws",
      });
    }
    expect(await secretValues(api, "vomeet-bot", "vomeet-bot-secrets")).toMatchObject({
      "db-password": "db-marker",
      "admin-token": "admin-marker",
    });
    const state = await workspace.stateFiles();
    for (const value of ["marker@redis", "db-marker", "admin-marker"]) expect(state).not.toContain(value);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  test("the account that reads one store may read that Secret alone, and the other has its token", async () => {
    const stores = await api.list("/apis/external-secrets.io/v1/namespaces/vomeet-bot/secretstores");
    expect(stores.map(({ metadata }) => metadata.name).sort()).toEqual(["secrets", "secrets-kubernetes"]);
    const roles = await api.list("/apis/rbac.authorization.k8s.io/v1/namespaces/vomeet/roles");
    expect(
      roles.map(({ rules }) => (rules as unknown as { resourceNames: string[] }[])[0]!.resourceNames),
    ).toEqual([["vomeet-bot-urls"]]);
  });
});
