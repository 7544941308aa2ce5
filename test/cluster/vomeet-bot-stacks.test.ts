import { afterEach, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import {
  environmentOfBotManager,
  expectEnvironmentOfTemplate,
  jobsOf,
  jobTemplate,
  matrix,
  secretData,
  startBot,
  up,
} from "./vomeet-bot";

describe("vomeet-bot in the other stacks", () => {
  const api = kubernetes();
  let workspace: Workspace;

  afterEach(() => workspace.dispose());

  test("staging: bots on nodes of their own, with images of a registry that asks who is there", async () => {
    workspace = await createWorkspace("staging", { only: "vomeet-bot" });
    const namespace = "vomeet-bot-staging";
    await configure({
      "imagePullSecrets[0]": "registry-credentials",
      "bot.placement.nodeSelector.pool": "bots",
      "bot.placement.tolerations[0].key": "bots",
      "bot.placement.tolerations[0].operator": "Exists",
    });
    await up(workspace, "--policy-pack", "policies");
    const { spec } = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/bot-manager`);
    expect(spec.template.spec.imagePullSecrets).toEqual([{ name: "registry-credentials" }]);
    expect(spec.template.spec.nodeSelector).toBeUndefined();
    expect((await jobTemplate(namespace)).spec.template.spec).toMatchObject({
      imagePullSecrets: [{ name: "registry-credentials" }],
      nodeSelector: { pool: "bots" },
      tolerations: [{ key: "bots", operator: "Exists" }],
    });
  });

  test("dev: a Redis of its own, whose URL is composed, and small bots", async () => {
    workspace = await createWorkspace("dev", { only: "vomeet-bot" });
    await configure({ "bot.ttlSecondsAfterFinished": "1" });
    await up(workspace);
    const namespace = "vomeet-bot-dev";
    const { password } = await secretData(namespace, "redis");
    expect(await environmentOfBotManager(namespace)).toMatchObject({
      K8S_BOT_IMAGE_TAG: "latest",
      K8S_BOT_CPU_LIMIT: "1",
      K8S_BOT_MEMORY_LIMIT: "2Gi",
      REDIS_URL: `redis://:${password}@redis:6379/0`,
    });
    await expectEnvironmentOfTemplate(namespace);
    const open = await matrix(namespace);
    expect(open.filter((line) => / (redis|namespace vomeet) |^redis /.test(line))).toEqual([
      "bot → redis TCP 6379",
      "bot-manager → namespace vomeet TCP 5432",
      "bot-manager → namespace vomeet TCP 8000",
      "bot-manager → redis TCP 6379",
    ]);
    // A meeting that ends takes its Job with it, after the time that the config says.
    await startBot(namespace, "60-0001", "1s");
    const bots = `${jobsOf(namespace)}?labelSelector=app.kubernetes.io/name=vomeet-bot`;
    const jobs = async () => (await api.list(bots)).map(({ metadata }) => metadata.name);
    expect(await jobs()).toEqual(["vomeet-bot-60-0001"]);
    await expect.poll(jobs).toEqual([]);
  });

  async function configure(settings: Record<string, string>) {
    const paths = Object.entries(settings).map(([path, value]) => [`muster:vomeet-bot.${path}`, value]);
    await workspace.configure(Object.fromEntries(paths));
  }
});
