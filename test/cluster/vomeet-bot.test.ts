import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { allowedVerbs } from "./allowed-verbs";
import { documentedCommands, findsSomething } from "./documented-commands";
import {
  component,
  documented,
  edges,
  environmentOfBotManager,
  expectEnvironmentOfTemplate,
  jobsOf,
  jobTemplate,
  matrix,
  startBot,
  up,
} from "./vomeet-bot";

const api = kubernetes();

// The document's promises, on a real API server. The tests build on each other, in this order.
describe("vomeet-bot in prod", () => {
  const namespace = "vomeet-bot";
  const jobs = jobsOf(namespace);
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("prod", { only: "vomeet-bot" });
    // As it is without stores; those have a test of their own.
    await workspace.succeeds("config", "rm", "--path", "muster:vomeet-bot.secrets");
    await workspace.succeeds(
      "config",
      "set-all",
      "--secret",
      "vomeet-bot:redis-url=redis://redis.vomeet:6379/0",
      "--secret",
      "vomeet-bot:whisper-live-url=ws://whisperlive.vomeet:8000/ws",
    );
  });
  afterAll(() => workspace.dispose());

  test("one command deploys it, and everything in it is ready", async () => {
    await up(workspace);
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    expect(pods.map((pod) => [component(pod), pod.status.phase])).toEqual([
      ["bot-manager", "Running"],
      ["bot-manager", "Running"],
      ["smoke", "Succeeded"],
    ]);
    expect(new Set(pods.slice(0, 2).map((pod) => pod.spec.nodeName)).size).toBe(2);
    const [container] = pods[0]!.spec.containers;
    expect(container).toMatchObject({
      image: "ghcr.io/voltade/vomeet-bot-manager:stable",
      imagePullPolicy: "Always",
      ports: [{ name: "http", containerPort: 8080 }],
      livenessProbe: { httpGet: { path: "/healthz", port: "http" }, initialDelaySeconds: 10 },
      readinessProbe: { httpGet: { path: "/healthz", port: "http" }, initialDelaySeconds: 5 },
    });
    const service = await api.get(`/api/v1/namespaces/${namespace}/services/bot-manager`);
    expect(service.spec.ports).toMatchObject([{ port: 8080 }]);
    const budget = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/bot-manager`;
    await expect
      .poll(async () => (await api.get(budget)).status)
      .toMatchObject({ expectedPods: 2, disruptionsAllowed: 1 });
  });

  test("the bot-manager has the document's environment, and what it does not start without", async () => {
    expect(await environmentOfBotManager(namespace)).toEqual(documented);
  });

  test("what the bot-manager is told of its bots is what their template says", async () => {
    await expectEnvironmentOfTemplate(namespace);
  });

  test("the bot-manager may do with Jobs and pods what the document grants, and nothing else", async () => {
    expect(await allowedVerbs(`${namespace}:bot-manager`, namespace)).toEqual([
      "jobs create",
      "jobs delete",
      "jobs get",
      "jobs list",
      "pods get",
      "pods list",
    ]);
    expect(await allowedVerbs(`${namespace}:bot-manager`, "default")).toEqual([]);
    // The original lets every bot read every Secret of the namespace.
    expect(await allowedVerbs(`${namespace}:vomeet-bot`, namespace)).toEqual([]);
  });

  test("the bot-manager starts bots from its template, which the documented commands find", async () => {
    await startBot(namespace, "42-0001", "10m");
    const [pod] = await expect
      .poll(() => runningBots())
      .toHaveLength(1)
      .then(() => runningBots());
    expect(pod!.spec).toMatchObject({
      serviceAccountName: "vomeet-bot",
      automountServiceAccountToken: false,
      restartPolicy: "Never",
      activeDeadlineSeconds: 7200,
    });
    const [container] = pod!.spec.containers;
    expect(container.resources).toMatchObject({
      requests: { cpu: "1", memory: "2Gi" },
      limits: { cpu: "4", memory: "8Gi" },
    });
    expect(container.env.map(({ name }: { name: string }) => name)).toEqual([
      "REDIS_URL",
      "WHISPER_LIVE_URL",
      "HOME",
      "BOT_CONFIG",
    ]);
    expect(writablePaths(pod!)).toEqual({
      "/app/storage": { sizeLimit: "4Gi" },
      "/dev/shm": { sizeLimit: "1Gi", medium: "Memory" },
      "/tmp": { sizeLimit: "2Gi" },
    });
    const select = async (kind: string, label: string) =>
      (await kubectl("get", kind, "-n", namespace, "-l", label, "-o", "name")).split("\n").filter(Boolean);
    expect(await select("jobs", "app.kubernetes.io/name=vomeet-bot")).toEqual([
      "job.batch/vomeet-bot-42-0001",
    ]);
    expect(await select("pods", "app.kubernetes.io/component=bot-instance")).toEqual([
      `pod/${pod!.metadata.name}`,
    ]);
    const names = {
      "vomeet-bot-<meeting-id>-<uuid>": "vomeet-bot-42-0001",
      "pod <pod-name>": `pod -n ${namespace} ${pod!.metadata.name}`,
      "<pod-name>": pod!.metadata.name,
    };
    for (const command of documentedCommands["vomeet-bot"])
      await findsSomething(command, { environment: workspace.environment, names });
    const botConfig = 'jsonpath={.spec.template.spec.containers[0].env[?(@.name=="BOT_CONFIG")].value}';
    expect(await kubectl("get", "job", "-n", namespace, "vomeet-bot-42-0001", "-o", botConfig)).toBe(
      '{"meeting":"42-0001"}',
    );
    const botManager = `system:serviceaccount:${namespace}:bot-manager`;
    expect(await kubectl("auth", "can-i", "create", "jobs", "-n", namespace, "--as", botManager)).toBe("yes");
    // How long it may run is said of its pod, above: a deadline of the Job would run while it waits for a place.
    const described = await kubectl("describe", "job", "-n", namespace, "vomeet-bot-42-0001");
    expect(described).toMatch(/TTL Seconds After Finished: +300/);
    expect(described).not.toContain("Active Deadline Seconds");
  });

  test("no more bots run at a time than the quota allows, and one command ends them all", async () => {
    for (let number = 2; number <= 12; number++) await startBot(namespace, `42-${number}`, "10m");
    await expect.poll(async () => (await runningBots()).length).toBe(10);
    const quota = await api.get(`/api/v1/namespaces/${namespace}/resourcequotas/vomeet-bot`);
    expect(quota.status).toMatchObject({ hard: { pods: "10" }, used: { pods: "10" } });
    await kubectl("delete", "jobs", "-n", namespace, "-l", "app.kubernetes.io/name=vomeet-bot");
    await expect.poll(async () => (await runningBots()).length).toBe(0);
    expect((await api.list(jobs)).map(component)).toEqual(["smoke"]);
  });

  test("a new tag is what the next bot runs, and those in meetings stay in them", async () => {
    await startBot(namespace, "50-0001", "10m");
    await expect.poll(async () => (await runningBots()).length).toBe(1);
    const before = await runningBots();
    const image = "ghcr.io/voltade/vomeet-bot:v2";
    await workspace.succeeds("config", "set", "--path", "muster:vomeet-bot.image.bot", image);
    await up(workspace);
    expect(await environmentOfBotManager(namespace)).toMatchObject({ K8S_BOT_IMAGE_TAG: "v2" });
    expect(await runningBots()).toEqual(before);
    await startBot(namespace, "50-0002", "10m");
    await expect.poll(async () => (await runningBots()).length).toBe(2);
    expect((await runningBots()).map((pod) => pod.spec.containers[0].image).sort()).toEqual([
      "ghcr.io/voltade/vomeet-bot:production",
      image,
    ]);
    await kubectl("delete", "jobs", "-n", namespace, "--all");
    await expect.poll(async () => (await runningBots()).length).toBe(0);
  });

  test("a new URL rolls the bot-manager, which reads it at its start", async () => {
    const generation = async () =>
      (await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/bot-manager`)).metadata.generation;
    const before = await generation();
    await workspace.succeeds(
      "config",
      "set",
      "--secret",
      "vomeet-bot:redis-url",
      "redis://dragonfly.vomeet:6379/0",
    );
    await up(workspace);
    expect(await generation()).toBe(before + 1);
    expect(await environmentOfBotManager(namespace)).toMatchObject({
      REDIS_URL: "redis://dragonfly.vomeet:6379/0",
    });
  });

  test("a key that stands in the stack's file twice is refused, not half lost", async () => {
    const [once, twice] = ["  muster:vomeet-bot:\n", "  muster:vomeet-bot: {}\n  muster:vomeet-bot:\n"];
    await workspace.edit("Pulumi.prod.yaml", (text) => text.replace(once, twice));
    const { exitCode, output } = await workspace.pulumi("preview");
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/line \d+: mapping key "muster:vomeet-bot" already defined at line \d+/);
    await workspace.edit("Pulumi.prod.yaml", (text) => text.replace(twice, once));
  });

  test("a bot with SYS_ADMIN is refused by the API server", async () => {
    const { spec } = (await jobTemplate(namespace)).spec.template;
    const [container] = spec.containers;
    const capabilities = { drop: ["ALL"], add: ["SYS_ADMIN"] };
    const pod = (securityContext: object) => ({
      metadata: { name: "bot" },
      spec: { ...spec, containers: [{ ...container, securityContext }] },
    });
    const pods = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    await api.create(pods, pod(container.securityContext));
    await expect(api.create(pods, pod({ ...container.securityContext, capabilities }))).rejects.toThrow(
      /violates PodSecurity.*SYS_ADMIN/,
    );
  });

  test("the network is open exactly where an edge says so", async () => {
    expect(await matrix(namespace)).toEqual(edges);
  });

  test("destroy leaves a running bot to finish, with what it needs and no more", async () => {
    await startBot(namespace, "43-0001", "10m");
    await expect.poll(async () => (await runningBots()).length).toBe(1);
    const { systems } = JSON.parse(await workspace.succeeds("stack", "output", "--json"));
    expect(systems["vomeet-bot"].keeps).toEqual([
      "namespace vomeet-bot",
      "running Jobs of vomeet-bot, until they end",
    ]);
    await workspace.succeeds("destroy", "--yes", "--skip-preview");
    expect((await runningBots()).length).toBe(1);
    expect(await left(`/apis/apps/v1/namespaces/${namespace}/deployments`)).toEqual([]);
    expect(await left(`/api/v1/namespaces/${namespace}/secrets`)).toEqual([]);
    expect(await left(`/api/v1/namespaces/${namespace}/serviceaccounts`)).toEqual(["default", "vomeet-bot"]);
    expect(await left(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`)).toEqual([
      "default-deny",
      "vomeet-bot",
    ]);
    expect(await left(`/api/v1/namespaces/${namespace}/resourcequotas`)).toEqual(["vomeet-bot"]);
  });

  test("the next up takes over what stayed, and the bot runs on to its end", async () => {
    // What it takes over is not even as it was left.
    await workspace.edit("Pulumi.prod.yaml", (text) => text.replace("port: 8000", "port: 8001"));
    const url = "ws://whisperlive.vomeet:8001/ws";
    await workspace.succeeds("config", "set", "--secret", "vomeet-bot:whisper-live-url", url);
    await up(workspace);
    expect((await runningBots()).length).toBe(1);
    await up(workspace, "--expect-no-changes");
    expect(await matrix(namespace)).not.toContain("bot → namespace vomeet TCP 8000");
    const [bot] = await runningBots();
    await api.patch(`/api/v1/namespaces/${namespace}/pods/${bot!.metadata.name}`, {
      metadata: { annotations: { "simulation/runs-for": "1s" } },
    });
    const succeeded = async () => (await api.get(`${jobs}/vomeet-bot-43-0001`)).status.succeeded;
    await expect.poll(succeeded).toBe(1);
  });

  test("after destroy, one command ends the bots that stayed, and their namespace can go", async () => {
    await startBot(namespace, "44-0001", "10m");
    await expect.poll(async () => (await runningBots()).length).toBe(1);
    await workspace.succeeds("destroy", "--yes", "--skip-preview");
    expect((await runningBots()).length).toBe(1);
    await kubectl("delete", "jobs", "-n", namespace, "-l", "app.kubernetes.io/name=vomeet-bot");
    await expect.poll(async () => (await runningBots()).length).toBe(0);
    await kubectl("delete", "namespace", namespace);
    expect(await left("/api/v1/namespaces")).not.toContain(namespace);
  });

  const kubectl = async (...args: string[]) =>
    (await execa("kubectl", args, { env: workspace.environment })).stdout;

  const left = async (path: string) => (await api.list(path)).map(({ metadata }) => metadata.name).sort();

  const runningBots = async () => {
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    return pods.filter((pod) => component(pod) === "bot-instance" && pod.status.phase === "Running");
  };
});

function writablePaths({ spec }: KubernetesObject): Record<string, unknown> {
  const mounts: { name: string; mountPath: string }[] = spec.containers[0].volumeMounts;
  const volumes: { name: string; emptyDir?: object }[] = spec.volumes;
  return Object.fromEntries(
    volumes.flatMap(({ name, emptyDir }) =>
      emptyDir ? [[mounts.find((mount) => mount.name === name)!.mountPath, emptyDir]] : [],
    ),
  );
}
