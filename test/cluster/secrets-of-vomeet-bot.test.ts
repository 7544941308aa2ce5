import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ExternalSecretsOperator } from "../../tools/external-secrets";
import { externalSecretsOperator } from "../harness/external-secrets";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { secretValues } from "./secrets";

// As its page shows it: both URLs from a Secret of another namespace, through the operator.
describe("vomeet-bot in prod with its URLs from a store", () => {
  const api = kubernetes();
  let operator: ExternalSecretsOperator;
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
        "db-password": "marker",
        "admin-token": "marker",
      },
    });
    workspace = await createWorkspace("prod", { only: "vomeet-bot" });
    await workspace.edit("Pulumi.prod.yaml", (text) =>
      text.replace(
        "muster:vomeet-bot:",
        `$&
    secrets:
      source: external
      external:
        kubernetes: { namespace: vomeet, secret: vomeet-bot-urls }
      keys:
        redis-url: { field: REDIS_URL }
        whisper-live-url: { field: WHISPER_LIVE_URL }`,
      ),
    );
  });
  afterAll(async () => {
    await workspace?.dispose();
    await operator?.stop();
    await operator?.uninstall();
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
    expect(await workspace.stateFiles()).not.toContain("marker@redis");
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });
});
