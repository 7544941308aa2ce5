import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import type { KubernetesObject } from "../../cluster/api-server";
import { isRolledOut } from "../../cluster/status/workload";
import type { ExternalSecretsOperator } from "../../tools/external-secrets";
import { ConnectServer } from "../../tools/onepassword-connect";
import { testKubeconfig } from "../harness/cluster";
import { externalSecretsOperator } from "../harness/external-secrets";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { everythingSaid, expectNowhere } from "./markers";
import { mayGetSecret, secretValues } from "./secrets";

// The real operator, against a stand-in of 1Password Connect. The tests build on each other, in this order.
describe("agentsmith with secrets of 1Password, brought by the External Secrets Operator", () => {
  const api = kubernetes();
  const name = "agentsmith-dev";
  const namespace = `/api/v1/namespaces/${name}`;
  const externalSecret = `/apis/external-secrets.io/v1/namespaces/${name}/externalsecrets/agentsmith-secrets`;
  const values = {
    "anthropic-api-key": "sk-ant-marker/one+two=",
    "slack-bot-token": "xoxb-marker-three",
    "slack-signing-secret": "marker four",
  };
  let connect: ConnectServer;
  let operator: ExternalSecretsOperator;
  let workspace: Workspace;

  beforeAll(async () => {
    connect = await new ConnectServer({ Platform: { agentsmith: values } }).start();
    operator = await externalSecretsOperator();
    await operator.install();
    operator.start();
    workspace = await createWorkspace("dev", { only: "agentsmith" });
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace(
        "muster:agentsmith:",
        `$&
    secrets:
      external:
        onepasswordConnect: { host: "${connect.url}", vault: Platform, item: agentsmith }
        refreshInterval: 2s
      keys:
        anthropic-api-key: { source: external }
        slack-bot-token: { source: external }
        slack-signing-secret: { source: external }`,
      ),
    );
    await workspace.succeeds("config", "set", "--secret", "agentsmith:onepassword-token", connect.token);
  });
  afterAll(async () => {
    await workspace?.dispose();
    await operator?.stop();
    await operator?.uninstall();
    await connect?.stop();
  });

  test("the item's fields are the Secret's keys, beside those that Muster makes", async () => {
    await workspace.succeeds("up", "--yes", "--skip-preview", "--policy-pack", "policies");
    expect(await secretData()).toMatchObject({
      ...values,
      "redis-url": expect.stringMatching(/^redis:6379,password=\w{32}$/),
    });
    expect(
      (await api.get(`/apis/apps/v1/namespaces/${name}/deployments/dispatcher`)).status.readyReplicas,
    ).toBe(1);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  test("the token of the store is for the operator alone, and the store for this namespace alone", async () => {
    for (const account of ["dispatcher", "agent", "redis", "secret-rollout"])
      expect(await mayGetSecret(api, `${name}:${account}`, name, "secret-store"), account).toBe(false);
    await api.apply("/api/v1/namespaces/elsewhere", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "elsewhere" },
    });
    const path = "/apis/external-secrets.io/v1/namespaces/elsewhere/externalsecrets/borrowed";
    await api.apply(path, {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: { name: "borrowed" },
      spec: {
        secretStoreRef: { kind: "SecretStore", name: "secrets" },
        target: { name: "borrowed" },
        data: [{ secretKey: "token", remoteRef: { key: "agentsmith", property: "slack-bot-token" } }],
      },
    });
    await expect.poll(() => readiness(path)).toMatchObject({ status: "False" });
    await expect(api.get("/api/v1/namespaces/elsewhere/secrets/borrowed")).rejects.toMatchObject({
      status: 404,
    });
  });

  test("a changed field reaches the Secret, and rolls what reads it, once, and nothing else", async () => {
    // What was written in the second in which the ReplicaSet was made, it rolls once more.
    await setTimeout(1100);
    await runRollout();
    const before = await rolledOut();
    expect(await runRollout()).toBe("");
    connect.set("Platform", "agentsmith", "slack-bot-token", "xoxb-marker-five");
    await expect.poll(tokenInSecret).toBe("xoxb-marker-five");
    await setTimeout(1100); // times in the cluster are whole seconds
    expect(await runRollout()).toBe("deployment.apps/dispatcher restarted");
    await expect.poll(replicaSets).toEqual({ ...before, dispatcher: before.dispatcher! + 1 });
    expect(await runRollout()).toBe("");
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
    const rolled = await replicaSets();
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace("replicas: 1", "$&\n      rolloutTimeoutSeconds: 500"),
    );
    await workspace.succeeds("up", "--yes", "--skip-preview");
    expect(await replicaSets()).toEqual(rolled);
  });

  test("while the store is away the Secret stays as it is; when it is back, so are its changes", async () => {
    const before = await secretData();
    await connect.stop();
    await expect.poll(() => readiness(externalSecret)).toMatchObject({ status: "False" });
    expect(await secretData()).toEqual(before);
    connect.set("Platform", "agentsmith", "slack-bot-token", "xoxb-marker-six");
    await connect.start();
    await expect.poll(tokenInSecret).toBe("xoxb-marker-six");
    await expect.poll(() => readiness(externalSecret)).toMatchObject({ status: "True" });
  });

  test("a refused token is said with the store's own words, and is not tried again and again", async () => {
    const { token } = connect;
    connect.token = "another";
    await expect.poll(() => readiness(externalSecret)).toMatchObject({ status: "False" });
    const begin = connect.answered.length;
    await setTimeout(20_000);
    const asked = connect.answered.slice(begin);
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([401]));
    expect(asked.length).toBeLessThan(20);
    expect(await tokenInSecret()).toBe("xoxb-marker-six");
    const events = await api.list(`${namespace}/events`);
    expect(events.map(({ message }) => message).join("\n")).toContain("Invalid token signature");
    connect.token = token;
  });

  test("a store that answers 429 costs nothing that is there, and preview says what is the matter", async () => {
    await expect.poll(() => readiness(externalSecret)).toMatchObject({ status: "True" });
    connect.failing = 429;
    await expect.poll(() => readiness(externalSecret)).toMatchObject({ status: "False" });
    const { exitCode, output } = await workspace.pulumi("preview");
    expect(exitCode, output).toBe(0);
    expect(output).toContain("muster:agentsmith.secrets.external is not ready");
    expect(output).toMatch(/ExternalSecret agentsmith-secrets: .+/);
    expect(output).toContain("pulumi config set --secret agentsmith:onepassword-token");
    expect(await tokenInSecret()).toBe("xoxb-marker-six");
    connect.failing = undefined;
    await expect.poll(() => readiness(externalSecret)).toMatchObject({ status: "True" });
    expect((await workspace.pulumi("preview")).output).not.toContain("is not ready");
  });

  test("a field that the store lacks fails the up that asks for it, in the operator's words, and changes nothing", async () => {
    // In the style of the test, or in that which the CLI has written it in.
    const source = /slack-bot-token: \{ ?source: external ?\}/;
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace(source, "slack-bot-token: { source: external, field: nobody }"),
    );
    // Slow enough for Pulumi to find the Ready of before; sooner, it waits by itself, and says so in its own words.
    connect.latency = 500;
    const up = await workspace.pulumi("up", "--yes", "--skip-preview");
    connect.latency = 0;
    expect(up.exitCode, up.output).not.toBe(0);
    expect(up.output).toMatch(/ExternalSecret .*agentsmith-secrets is not as asked for after 60 s: .+/);
    expect(await tokenInSecret()).toBe("xoxb-marker-six");
    await workspace.edit("Pulumi.dev.yaml", (text) => text.replace(", field: nobody", ""));
    await workspace.succeeds("up", "--yes", "--skip-preview");
  });

  test("no value is in the state, in what Pulumi says, or in any object but the Secret", async () => {
    const secret = Object.values(await secretData());
    const markers = [
      ...Object.values(values),
      "xoxb-marker-five",
      "xoxb-marker-six",
      connect.token,
      ...secret,
    ];
    expectNowhere(markers, await everythingSaid(workspace, api));
  });

  test("destroy takes it all away, and leaves no value behind in the state", async () => {
    const secret = Object.values(await secretData());
    const output = await workspace.succeeds("destroy", "--yes", "--skip-preview", "--diff");
    expectNowhere([...secret, connect.token], { output, "the state": await workspace.stateFiles() });
  });

  const secretData = () => secretValues(api, name, "agentsmith-secrets");

  const tokenInSecret = async () => (await secretData())["slack-bot-token"];

  async function readiness(path: string) {
    const { status } = await api.get(path);
    return status?.conditions?.find(({ type }: { type: string }) => type === "Ready");
  }

  /** How many there have been of each Deployment. */
  /** The ReplicaSets, once a restart is through. */
  async function rolledOut(): Promise<Record<string, number>> {
    const dispatcher = () => api.get(`/apis/apps/v1/namespaces/${name}/deployments/dispatcher`);
    await vi.waitUntil(async () => isRolledOut((await dispatcher()) as KubernetesObject), {
      timeout: 300_000,
      interval: 100,
    });
    return replicaSets();
  }

  async function replicaSets(): Promise<Record<string, number>> {
    const all = await api.list(`/apis/apps/v1/namespaces/${name}/replicasets`);
    const names = all.map(({ metadata }) => metadata.labels["app.kubernetes.io/name"] as string);
    return Object.fromEntries(names.map((each) => [each, names.filter((other) => other === each).length]));
  }

  /** What the CronJob runs, as the service account that it runs as: simulated nodes run nothing. */
  async function runRollout(): Promise<string> {
    const { spec } = await api.get(`/apis/batch/v1/namespaces/${name}/cronjobs/secret-rollout`);
    const pod = spec.jobTemplate.spec.template.spec;
    const { status } = await api.create(`${namespace}/serviceaccounts/${pod.serviceAccountName}/token`, {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: {},
    });
    const directory = mkdtempSync(join(tmpdir(), "muster-rollout-"));
    try {
      const kubeconfig = parse(readFileSync(testKubeconfig(), "utf8"));
      kubeconfig.users[0].user = { token: status.token };
      kubeconfig.contexts[0].context.namespace = name;
      writeFileSync(join(directory, "kubeconfig"), stringify(kubeconfig));
      const [program, ...args] = pod.containers[0].command;
      const env = { ...workspace.environment, HOME: directory, KUBECONFIG: join(directory, "kubeconfig") };
      return (await execa(program, args, { env })).stdout;
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
});
