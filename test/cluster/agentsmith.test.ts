import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { agentsmithSecrets } from "../../config/agentsmith";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { allowedVerbs } from "./allowed-verbs";
import { connects, type End } from "./connectivity";
import { documentedCommands, findsSomething } from "./documented-commands";
import { readyEndpoints } from "./ready-endpoints";

// The success criteria of agentsmith's document, on a real API server. The tests build on each other, in this order.
describe("agentsmith in prod", () => {
  const namespace = "agentsmith";
  const api = kubernetes();
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("prod", { only: "agentsmith" });
  });
  afterAll(() => workspace.dispose());

  test("one command deploys the full stack, and everything in it is ready", async () => {
    const up = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.output).toBe(0);
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    expect(pods.map((pod) => [component(pod), pod.status.phase]).sort()).toEqual([
      ["dispatcher", "Running"],
      ["dispatcher", "Running"],
      ["redis", "Running"],
      ["smoke", "Succeeded"],
    ]);
    // Two dispatchers stand on two nodes.
    expect(
      new Set(pods.filter((pod) => component(pod) === "dispatcher").map((pod) => pod.spec.nodeName)).size,
    ).toBe(2);
  });

  test("status says what runs, and where it is reached", async () => {
    const { stdout, exitCode, output } = await workspace.command("status", "--stack", "prod");
    expect(exitCode, output).toBe(0);
    expect(stdout).toContain("agentsmith  (namespace agentsmith)  https://agentsmith.yourcompany.com");
    expect(stdout).toMatch(/✓ dispatcher +2\/2 ready +agentsmith-dispatcher:1\.0\.0/);
    expect(stdout).toMatch(/✓ redis +1\/1 ready +redis:7-alpine/);
  });

  test("what the document asks for is what the API server has", async () => {
    const deployment = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/dispatcher`);
    const [container] = deployment.spec.template.spec.containers;
    expect(deployment.spec.replicas).toBe(2);
    expect(container.imagePullPolicy).toBe("Always");
    expect(container.resources).toEqual({
      requests: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "64Mi" },
      limits: { cpu: "500m", memory: "512Mi", "ephemeral-storage": "512Mi" },
    });
    const redis = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/redis`);
    expect(redis.spec.template.spec.containers[0].resources).toMatchObject({
      requests: { cpu: "100m", memory: "128Mi" },
      limits: { cpu: "500m", memory: "384Mi" },
    });
    const config = await api.get(`/api/v1/namespaces/${namespace}/configmaps/redis-config`);
    expect(config.data["redis.conf"]).toMatch(/^maxmemory 256mb$/m);
    expect(config.data["redis.conf"]).toMatch(/^maxmemory-policy allkeys-lru$/m);
    const ingress = await api.get(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/agentsmith`);
    expect(ingress.metadata.annotations["cert-manager.io/cluster-issuer"]).toBe("letsencrypt-prod");
    expect(ingress.spec.tls).toEqual([
      { hosts: ["agentsmith.yourcompany.com"], secretName: "agentsmith-tls" },
    ]);
    const service = await api.get(`/api/v1/namespaces/${namespace}/services/dispatcher`);
    expect(service.spec.ports).toMatchObject([{ name: "http", port: 8080 }]);
    const budget = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets/dispatcher`;
    await expect
      .poll(async () => (await api.get(budget)).status)
      .toMatchObject({ expectedPods: 2, disruptionsAllowed: 1 });
  });

  test("the Secret holds the document's keys, and redis-url is composed of a password that Redis asks for", async () => {
    const data = await secretData("agentsmith-secrets");
    expect(Object.keys(data).sort()).toEqual([...Object.keys(agentsmithSecrets), "redis-url"].sort());
    const { password, "auth.conf": authentication } = await secretData("redis");
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(authentication).toBe(`requirepass ${password}\n`);
    expect(data["redis-url"]).toBe(`redis:6379,password=${password}`);
  });

  test("once more, refreshed, up changes nothing, and no secret is in plain text in the state, its history or the output", async () => {
    const { exitCode, output } = await workspace.pulumi(
      "up",
      "--yes",
      "--diff",
      "--refresh",
      "--expect-no-changes",
    );
    expect(exitCode).toBe(0);
    expect(output).toMatch(/\d+ unchanged/);
    const written = [output, await workspace.stateFiles()].join("\n");
    const values = [
      ...Object.values(await secretData("agentsmith-secrets")),
      ...Object.values(await secretData("redis")),
    ];
    for (const value of values) {
      for (const form of [value, Buffer.from(value).toString("base64"), encodeURIComponent(value)]) {
        expect(written.includes(form)).toBe(false);
      }
    }
  });

  test.each(documentedCommands.agentsmith)("the document's %s finds something", async (command) => {
    await findsSomething(command, { environment: workspace.environment });
  });

  test("the dispatcher may do with Jobs and pods what it is for, and nothing else", async () => {
    const allowed = await allowedVerbs(`${namespace}:dispatcher`, namespace);
    expect(allowed).toEqual([
      "jobs create",
      "jobs delete",
      "jobs get",
      "jobs list",
      "jobs watch",
      "pods get",
      "pods list",
      "pods watch",
      "pods/log get",
    ]);
    expect(await allowedVerbs(`${namespace}:dispatcher`, "default")).toEqual([]);
    expect(await allowedVerbs(`${namespace}:redis`, namespace)).toEqual([]);
    expect(await allowedVerbs(`${namespace}:agent`, namespace)).toEqual([]);
  });

  test("only the dispatcher's pods hold a token", async () => {
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    const withToken = pods.filter((pod) =>
      pod.spec.volumes?.some((volume: { projected?: object }) => volume.projected !== undefined),
    );
    expect(new Set(withToken.map(component))).toEqual(new Set(["dispatcher"]));
  });

  test("the dispatcher creates Jobs from its template; no more run at a time than the quota allows", async () => {
    const dispatcher = kubernetes({ asServiceAccount: `${namespace}:dispatcher` });
    const file = await api.get(`/api/v1/namespaces/${namespace}/configmaps/agent-job`);
    const job = JSON.parse(file.data["job.json"]);
    expect(job.spec.ttlSecondsAfterFinished).toBe(300);
    expect(job.spec.template.spec.containers[0].resources).toMatchObject({
      requests: { cpu: "250m", memory: "512Mi" },
      limits: { cpu: "1000m", memory: "1Gi" },
    });
    // The simulated kubelet lets the agents run on while the test looks at them.
    job.spec.template.metadata.annotations = { "simulation/runs-for": "10m" };
    const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
    for (let number = 0; number < 11; number++) await dispatcher.create(jobs, job);
    const running = async () => {
      const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
      return pods.filter((pod) => component(pod) === "agent" && pod.status.phase === "Running").length;
    };
    await expect.poll(running).toBe(10);
    const quota = await api.get(`/api/v1/namespaces/${namespace}/resourcequotas/agent`);
    expect(quota.status).toMatchObject({ hard: { pods: "10" }, used: { pods: "10" } });
    for (const { metadata } of (await api.list(jobs)).filter((each) => component(each) === "agent")) {
      await dispatcher.delete(`${jobs}/${metadata.name}?propagationPolicy=Background`);
    }
    await expect.poll(running).toBe(0);
  });

  test("a pod that is not restricted is refused", async () => {
    const pod = { metadata: { name: "root" }, spec: { containers: [{ name: "root", image: "busybox" }] } };
    await expect(api.create(`/api/v1/namespaces/${namespace}/pods`, pod)).rejects.toThrow(
      /violates PodSecurity/,
    );
  });

  test("the network is open exactly where an edge says so", async () => {
    const policies = await api.list(`/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`);
    const template = await api.get(`/api/v1/namespaces/${namespace}/podtemplates/agent`);
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    const labels = (name: string) =>
      name === "agent"
        ? template.template.metadata.labels
        : pods.find((pod) => component(pod) === name)!.metadata.labels;
    const inNamespace = (name: string, of: Record<string, string>): End => ({
      namespace: name,
      namespaceLabels: { "kubernetes.io/metadata.name": name },
      labels: of,
    });
    const ends: Record<string, End> = {
      redis: inNamespace(namespace, labels("redis")),
      dispatcher: inNamespace(namespace, labels("dispatcher")),
      agent: inNamespace(namespace, labels("agent")),
      smoke: inNamespace(namespace, labels("smoke")),
      "another pod here": inNamespace(namespace, {}),
      "the ingress controller": inNamespace("ingress-nginx", {}),
      "the same labels elsewhere": inNamespace("elsewhere", labels("dispatcher")),
      dns: inNamespace("kube-system", {}),
      internet: { address: "93.184.216.34" },
      "the metadata service": { address: "169.254.169.254" },
      "a private address": { address: "10.1.2.3" },
    };
    const open = Object.keys(ends).flatMap((from) =>
      Object.keys(ends).flatMap((to) =>
        [53, 80, 443, 6379, 6443, 8080]
          .filter((port) => from !== to && connects(policies, ends[from]!, ends[to]!, port))
          .map((port) => `${from} → ${to} ${port}`),
      ),
    );
    const ours = open.filter((line) =>
      /^(redis|dispatcher|agent|smoke|another pod here) →|→ (redis|dispatcher|agent|smoke|another pod here) /.test(
        line,
      ),
    );
    expect(ours.sort()).toEqual(
      [
        "agent → dns 53",
        "agent → internet 443",
        "agent → redis 6379",
        "dispatcher → a private address 443",
        "dispatcher → a private address 6443",
        "dispatcher → dns 53",
        "dispatcher → internet 443",
        "dispatcher → internet 6443",
        "dispatcher → redis 6379",
        "smoke → dispatcher 8080",
        "smoke → dns 53",
        "the ingress controller → dispatcher 8080",
      ].sort(),
    );
  });

  test("a changed agentsmith.yml rolls the dispatcher and nothing else; a secret that none of them reads, nobody", async () => {
    const before = await templates();
    await workspace.edit("stacks/prod/agentsmith.yml", (text) => `${text}\n# edited\n`);
    const secret = "agentsmith:openai-api-key=sk-only-agents-read-this";
    await workspace.succeeds("config", "set-all", "--secret", secret);
    await workspace.succeeds("up", "--yes", "--skip-preview");
    const { dispatcher, redis } = await templates();
    expect(redis).toEqual(before.redis);
    expect(dispatcher!.generation).toBe(before.dispatcher!.generation + 1);
    expect(dispatcher!.files).not.toBe(before.dispatcher!.files);
    expect(dispatcher!.secrets).toBe(before.dispatcher!.secrets);
  });

  test("a changed secret rolls those that read it and nobody else, and with a new image tag, without downtime", async () => {
    // In the style of the file, or in that of the CLI once it has written to it.
    await workspace.edit("Pulumi.prod.yaml", (text) =>
      text.replace(/(slack-bot-token:[\s{]+source: )external/, "$1config"),
    );
    const before = await templates();
    await workspace.succeeds("config", "set", "--secret", "agentsmith:slack-bot-token", "xoxb-another");
    await workspace.configure({
      "muster:agentsmith.image.dispatcher": "agentsmith-dispatcher:v2",
      "muster:agentsmith.image.agent": "agentsmith:v2",
    });
    const samples = await readyEndpoints(api, namespace);
    await workspace.succeeds("up", "--yes", "--skip-preview");
    const least = await samples.stop();
    const { dispatcher, redis } = await templates();
    expect(redis).toEqual(before.redis);
    expect(dispatcher!.generation).toBe(before.dispatcher!.generation + 1);
    expect(dispatcher!.secrets).not.toBe(before.dispatcher!.secrets);
    const deployment = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/dispatcher`);
    expect(deployment.spec.template.spec.containers[0].image).toBe("agentsmith-dispatcher:v2");
    expect(deployment.status).toMatchObject({ updatedReplicas: 2, readyReplicas: 2 });
    // The budget lets one pod of two go; a roll-out takes none.
    expect(least.samples).toBeGreaterThan(10);
    expect(least.endpoints).toEqual({ dispatcher: 2, redis: 1 });
  });

  const component = (pod: KubernetesObject) => pod.metadata.labels["app.kubernetes.io/component"];

  async function secretData(name: string): Promise<Record<string, string>> {
    const { data } = await api.get(`/api/v1/namespaces/${namespace}/secrets/${name}`);
    return Object.fromEntries(
      Object.entries<string>(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
  }

  /** How often each Deployment was changed, and the digests of what its pods read. */
  async function templates() {
    const deployments = await api.list(`/apis/apps/v1/namespaces/${namespace}/deployments`);
    const all = deployments.map(({ metadata, spec }) => {
      const { annotations } = spec.template.metadata;
      const digests = { files: annotations["muster.dev/files"], secrets: annotations["muster.dev/secrets"] };
      return [metadata.name, { generation: metadata.generation, ...digests }] as const;
    });
    return Object.fromEntries(all);
  }
});
