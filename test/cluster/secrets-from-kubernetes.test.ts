import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import type { ExternalSecretsOperator } from "../../tools/external-secrets";
import { externalSecretsOperator } from "../harness/external-secrets";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { everythingSaid, expectNowhere } from "./markers";
import { mayGetSecret, secretValues } from "./secrets";

// The tests build on each other, in this order.
describe("agentsmith in staging with secrets of another namespace", () => {
  const api = kubernetes();
  const name = "agentsmith-staging";
  const source = "/api/v1/namespaces/team-secrets/secrets/agentsmith";
  const values = {
    "anthropic-api-key": "sk-ant-kubernetes-marker",
    "slack-bot-token": "xoxb-kubernetes-marker",
    "slack-signing-secret": "kubernetes marker/=",
  };
  let operator: ExternalSecretsOperator;
  let workspace: Workspace;

  beforeAll(async () => {
    operator = await externalSecretsOperator();
    await api.apply("/api/v1/namespaces/team-secrets", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "team-secrets" },
    });
    await hold(values);
    workspace = await createWorkspace("staging", { only: "agentsmith" });
    await workspace.edit("Pulumi.staging.yaml", (text) =>
      text.replace("kubernetes: {", "refreshInterval: 2s\n        $&"),
    );
  });
  afterAll(async () => {
    await workspace?.dispose();
    await operator?.stop();
    await operator?.uninstall();
  });

  test("without the operator the preview says what is missing, who needs it and how it is installed", async () => {
    // Only Muster's own commands say that a cluster is local.
    const env = { ...workspace.environment, MUSTER_LOCAL_KUBECONFIG: undefined };
    const options = { cwd: workspace.project, env, reject: false, all: true } as const;
    const { exitCode, all: output } = await execa("pulumi", ["preview"], options);
    expect(exitCode, output).not.toBe(0);
    expect(output).toContain(
      "muster:agentsmith.secrets.external needs the External Secrets Operator, which the cluster does not have",
    );
    expect(output).toContain("helm install external-secrets ");
    await expect(api.get(`/api/v1/namespaces/${name}`)).rejects.toMatchObject({ status: 404 });
  });

  test("a local cluster without the operator runs the stack with placeholders, and says so", async () => {
    const { exitCode, output } = await workspace.pulumi("preview");
    expect(exitCode, output).toBe(0);
    expect(output).toContain(
      "left out: muster:agentsmith.secrets.external needs the External Secrets Operator",
    );
    expect(output).toMatch(/placeholders stand for secrets without a value: .*slack-bot-token/);
  });

  test("with it, the Secret has the keys of the other one", async () => {
    await operator.install();
    operator.start();
    await workspace.succeeds("up", "--yes", "--skip-preview", "--policy-pack", "policies");
    expect(await secretValues(api, name, "agentsmith-secrets")).toMatchObject(values);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  test("the store's account reads that one Secret there, and nothing else anywhere", async () => {
    const account = `${name}:secret-store`;
    expect(await mayGetSecret(api, account, "team-secrets", "agentsmith")).toBe(true);
    expect(await mayGetSecret(api, account, "team-secrets", "another")).toBe(false);
    expect(await mayGetSecret(api, account, "team-secrets")).toBe(false);
    expect(await mayGetSecret(api, account, name, "agentsmith-secrets")).toBe(false);
    expect(await mayGetSecret(api, account, "kube-system", "agentsmith")).toBe(false);
  });

  test("a changed value follows within the refresh interval", async () => {
    await hold({ ...values, "slack-bot-token": "xoxb-kubernetes-marker-2" });
    await expect.poll(token).toBe("xoxb-kubernetes-marker-2");
  });

  test("a Secret that is taken away there stays here as it was, and follows again once it is back", async () => {
    await api.delete(source);
    const path = `/apis/external-secrets.io/v1/namespaces/${name}/externalsecrets/agentsmith-secrets`;
    const ready = async () => (await api.get(path)).status.conditions[0].status;
    await expect.poll(ready).toBe("False");
    expect(await token()).toBe("xoxb-kubernetes-marker-2");
    await hold({ ...values, "slack-bot-token": "xoxb-kubernetes-marker-3" });
    await expect.poll(token).toBe("xoxb-kubernetes-marker-3");
  });

  test("no value is in the state, in what Pulumi says, or in any object but the Secret", async () => {
    const all = Object.values(await secretValues(api, name, "agentsmith-secrets"));
    expectNowhere([...Object.values(values), ...all], await everythingSaid(workspace, api));
  });

  test("a system whose Secret is not there says so when it is not up in time, without a value", async () => {
    await workspace.succeeds("destroy", "--yes", "--skip-preview");
    await api.delete(source);
    const { exitCode, output } = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(
      /ExternalSecret agentsmith-secrets .*\(key: agentsmith\), err: secrets "agentsmith" not found/,
    );
    expectNowhere(Object.values(values), { output, "the state": await workspace.stateFiles() });
  });

  async function hold(stringData: Record<string, string>) {
    await api.apply(source, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "agentsmith" },
      stringData,
    });
  }

  const token = async () => (await secretValues(api, name, "agentsmith-secrets"))["slack-bot-token"];
});
