import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { changesNothing, deploy, type Placed, standsWhole } from "./all-systems";
import { autoscaler, running } from "./rtc-egress";
import { thebotAsDocumented } from "./thebot-documented";
import { environmentOfBotManager, expectEnvironmentOfTemplate } from "./vomeet-bot";
import { component, ingressOf } from "./wbot";

const api = kubernetes();

describe("all systems in staging", () => {
  let workspace: Workspace;
  let placed: Placed;

  beforeAll(async () => {
    workspace = await createWorkspace("staging");
    ({ placed } = await deploy(workspace));
  });
  afterAll(() => workspace.dispose());

  standsWhole(
    "staging",
    () => workspace,
    () => placed,
  );

  test("a second up changes nothing", () => changesNothing(workspace));

  test("agentsmith: its own host, and a quota of three agents", async () => {
    const namespace = "agentsmith-staging";
    const dispatcher = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/dispatcher`);
    expect(dispatcher.status.readyReplicas).toBe(1);
    const ingress = await api.get(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/agentsmith`);
    expect(ingress.spec.rules.map((rule: { host: string }) => rule.host)).toEqual([
      "agentsmith.staging.yourcompany.com",
    ]);
    const quota = await api.get(`/api/v1/namespaces/${namespace}/resourcequotas/agent`);
    expect(quota.spec.hard).toEqual({ pods: "3" });
  });

  test("rtc-egress: half of production", async () => {
    const namespace = "rtc-egress-staging";
    await expect
      .poll(() => running(namespace))
      .toEqual({
        egress: 2,
        redis: 1,
        "web-dispatch": 3,
        "web-recorder": 3,
        "webhook-notifier": 1,
      });
    expect((await autoscaler(namespace, "egress-hpa")).spec).toMatchObject({
      minReplicas: 2,
      maxReplicas: 5,
    });
    expect((await autoscaler(namespace, "webhook-notifier-hpa")).spec).toMatchObject({
      minReplicas: 1,
      maxReplicas: 2,
    });
  });

  test("wbot: the document's five pods", async () => {
    const namespace = "wbot-staging";
    const components = async () =>
      (await api.list(`/api/v1/namespaces/${namespace}/pods`)).map(component).sort();
    await expect.poll(components).toEqual(["redis", "smoke", "wbot-ai", "wbot-ai", "wbot-web", "wbot-web"]);
    expect((await ingressOf(namespace)).spec.rules[0].host).toBe("wbot.staging.example.com");
  });

  test("vomeet-bot: the document's size of a bot, in a namespace of its own", async () => {
    const namespace = "vomeet-bot-staging";
    expect(await environmentOfBotManager(namespace)).toMatchObject({
      K8S_NAMESPACE: namespace,
      K8S_BOT_IMAGE_REPOSITORY: "ghcr.io/voltade/vomeet-bot",
      K8S_BOT_IMAGE_TAG: "staging",
      K8S_BOT_CPU_REQUEST: "500m",
      K8S_BOT_CPU_LIMIT: "2000m",
      K8S_BOT_MEMORY_REQUEST: "1Gi",
      K8S_BOT_MEMORY_LIMIT: "4Gi",
      DB_HOST: "vomeet-cnpg-rw.vomeet-staging",
    });
    await expectEnvironmentOfTemplate(namespace);
  });

  thebotAsDocumented("staging");
});
