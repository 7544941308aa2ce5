import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { documentedCommands, findsSomething } from "./documented-commands";
import {
  component,
  configure,
  containerOf,
  deploymentOf,
  environmentOf,
  generations,
  type IngressPath,
  ingressOf,
  isReady,
  open,
  placeholder,
  placeholders,
  podSpecOf,
  secretData,
  up,
  type Variable,
} from "./wbot";

const api = kubernetes();

// The document's manifests, on a real API server. The tests build on each other, in this order.
describe("wbot in prod", () => {
  const namespace = "wbot";
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = await createWorkspace("prod", { only: "wbot" });
  });
  afterAll(() => workspace.dispose());

  test("one command deploys five pods, spread over nodes, and all of them are ready", async () => {
    await up(workspace);
    const pods = () => api.list(`/api/v1/namespaces/${namespace}/pods`);
    const ready = async () => (await pods()).filter(isReady).map(component).sort();
    // Of what is autoscaled, Kubernetes starts one pod, and the autoscaler the others.
    const all = ["redis", "wbot-ai", "wbot-ai", "wbot-web", "wbot-web"];
    await expect.poll(ready).toEqual(all);
    for (const name of ["wbot-ai", "wbot-web"]) {
      const nodes = (await pods()).filter((pod) => component(pod) === name).map(({ spec }) => spec.nodeName);
      expect(new Set(nodes).size).toBe(2);
      expect(await spreading(name)).toEqual([
        ["kubernetes.io/hostname", "ScheduleAnyway"],
        ["topology.kubernetes.io/zone", "ScheduleAnyway"],
      ]);
    }
  });

  test.each(documentedCommands.wbot)("the document's %s finds something", async (command) => {
    await findsSomething(command, { environment: workspace.environment });
  });

  test("Redis is ready before the AI backend starts, that before the frontend, and both before the ingress", async () => {
    const ingress = await ingressOf(namespace);
    const started = await Promise.all(["redis", "wbot-ai", "wbot-web"].map(startOf));
    const created = [
      ...started.map(({ created }) => created),
      Date.parse(ingress.metadata.creationTimestamp),
    ];
    for (const [index, { ready }] of started.entries())
      expect(ready).toBeLessThanOrEqual(created[index + 1]!);
  });

  test("ports, probes and sizes are the document's", async () => {
    expect(await containerOf(namespace, "redis")).toMatchObject({
      image: "redis:7-alpine",
      ports: [{ containerPort: 6379 }],
      livenessProbe: { exec: {}, initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 3 },
      readinessProbe: { exec: {}, initialDelaySeconds: 5, periodSeconds: 5, timeoutSeconds: 3 },
      resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { cpu: "500m", memory: "512Mi" } },
    });
    const health = { path: "/health", port: "http" };
    expect(await containerOf(namespace, "wbot-ai")).toMatchObject({
      image: "wbot-ai:1.0.0",
      imagePullPolicy: "Always",
      ports: [{ name: "http", containerPort: 8000 }],
      livenessProbe: { httpGet: health, initialDelaySeconds: 30, periodSeconds: 30, timeoutSeconds: 10 },
      readinessProbe: { httpGet: health, initialDelaySeconds: 10, periodSeconds: 10, timeoutSeconds: 5 },
      resources: { requests: { cpu: "500m", memory: "512Mi" }, limits: { cpu: "2", memory: "2Gi" } },
    });
    const page = { path: "/", port: "http" };
    expect(await containerOf(namespace, "wbot-web")).toMatchObject({
      image: "wbot-web:1.0.0",
      ports: [{ name: "http", containerPort: 3000 }],
      livenessProbe: { httpGet: page, initialDelaySeconds: 15, periodSeconds: 20, timeoutSeconds: 5 },
      readinessProbe: { httpGet: page, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 3 },
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { cpu: "1", memory: "1Gi" } },
    });
    const services = await api.list(`/api/v1/namespaces/${namespace}/services`);
    expect(
      services.map(({ metadata, spec }) => [metadata.name, spec.type, spec.ports[0].port, spec.ports.length]),
    ).toEqual([
      ["redis", "ClusterIP", 6379, 1],
      ["wbot-ai", "ClusterIP", 8000, 1],
      ["wbot-web", "ClusterIP", 80, 1],
    ]);
  });

  test("Redis asks for a password and drops the oldest embeddings when it is full", async () => {
    const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/redis-config`);
    expect(data["redis.conf"]).toMatch(/^maxmemory 384mb\nmaxmemory-policy allkeys-lru$/m);
    const { password, "auth.conf": authentication } = await secretData(namespace, "redis");
    expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(authentication).toBe(`requirepass ${password}\n`);
  });

  test("the AI backend has the document's environment, and what its image wants to start", async () => {
    const { password } = await secretData(namespace, "redis");
    expect(await environmentOf(namespace, "wbot-ai")).toEqual({
      REDIS_URL: `redis://:${password}@redis:6379`,
      CORS_ORIGINS: "https://wbot.example.com",
      LANGSMITH_TRACING: "false",
      LANGSMITH_PROJECT: "wbot-wellness",
      PYTHONUNBUFFERED: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      ...placeholders([
        "SUPABASE_URL",
        "SUPABASE_SERVICE_KEY",
        "DATABASE_URI",
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
        "GOOGLE_API_KEY",
        "LANGSMITH_API_KEY",
        "ELEVENLABS_API_KEY",
      ]),
      UV_NO_SYNC: "1",
      HOME: "/tmp",
    });
    const { env } = await containerOf(namespace, "wbot-ai");
    const optional = env.filter(({ valueFrom }: Variable) => valueFrom?.secretKeyRef.optional);
    expect(optional.map(({ name }: Variable) => name)).toEqual([
      "OPENAI_API_KEY",
      "LANGSMITH_API_KEY",
      "ELEVENLABS_API_KEY",
    ]);
  });

  test("the frontend tells browsers the public address, and keeps the cluster's own and the service key", async () => {
    expect(await environmentOf(namespace, "wbot-web")).toEqual({
      VITE_LANGGRAPH_API_URL: "https://wbot.example.com",
      LANGGRAPH_API_URL: "http://wbot-ai:8000",
      NODE_ENV: "production",
      PORT: "3000",
      VITE_SUPABASE_URL: placeholder("SUPABASE_URL"),
      VITE_SUPABASE_ANON_KEY: placeholder("SUPABASE_ANON_KEY"),
    });
  });

  test("the ingress has the three routes, TLS, CORS, streams of an hour and a rate limit", async () => {
    const { metadata, spec } = await ingressOf(namespace);
    expect(spec.ingressClassName).toBe("nginx");
    expect(spec.tls).toEqual([{ hosts: ["wbot.example.com"], secretName: "wbot-ingress-tls" }]);
    expect(spec.rules.map(({ host }: { host: string }) => host)).toEqual(["wbot.example.com"]);
    const services = await api.list(`/api/v1/namespaces/${namespace}/services`);
    const portOf = ({ name, port }: { name: string; port: { name: string } }) =>
      services
        .find(({ metadata }) => metadata.name === name)!
        .spec.ports.find((each: { name: string }) => each.name === port.name).port;
    expect(
      spec.rules[0].http.paths.map(({ path, pathType, backend: { service } }: IngressPath) => [
        `${path} ${pathType}`,
        `${service.name}:${portOf(service)}`,
      ]),
    ).toEqual([
      ["/api Prefix", "wbot-ai:8000"],
      ["/health Prefix", "wbot-ai:8000"],
      ["/ Prefix", "wbot-web:80"],
    ]);
    expect(metadata.annotations).toMatchObject({
      "cert-manager.io/cluster-issuer": "letsencrypt-prod",
      "nginx.ingress.kubernetes.io/force-ssl-redirect": "true",
      "nginx.ingress.kubernetes.io/enable-cors": "true",
      "nginx.ingress.kubernetes.io/cors-allow-origin": "https://wbot.example.com",
      "nginx.ingress.kubernetes.io/cors-allow-methods": "GET, POST, PUT, DELETE, OPTIONS",
      "nginx.ingress.kubernetes.io/cors-allow-credentials": "true",
      "nginx.ingress.kubernetes.io/proxy-read-timeout": "3600",
      "nginx.ingress.kubernetes.io/proxy-send-timeout": "3600",
      "nginx.ingress.kubernetes.io/limit-rps": "10",
    });
  });

  test("AI backend and frontend are scaled from 2 to 10 at 70 % CPU, and drained one pod at a time", async () => {
    const scalers = await api.list(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`);
    const cpu = {
      type: "Resource",
      resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
    };
    expect(scalers.map(({ metadata, spec }) => [metadata.name, spec])).toEqual(
      ["wbot-ai", "wbot-web"].map((name) => [
        name,
        expect.objectContaining({
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
          minReplicas: 2,
          maxReplicas: 10,
          metrics: [cpu],
        }),
      ]),
    );
    const budgets = await api.list(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`);
    expect(
      budgets.map(({ metadata, status }) => [metadata.name, status.expectedPods, status.disruptionsAllowed]),
    ).toEqual([
      ["wbot-ai", 2, 1],
      ["wbot-web", 2, 1],
    ]);
  });

  test("the network is open exactly where an edge says so", async () => {
    expect(await open(namespace)).toEqual([
      "smoke → dns TCP 53",
      "smoke → dns UDP 53",
      "smoke → wbot-ai TCP 8000",
      "smoke → wbot-web TCP 3000",
      "the ingress controller → wbot-ai TCP 8000",
      "the ingress controller → wbot-web TCP 3000",
      "wbot-ai → dns TCP 53",
      "wbot-ai → dns UDP 53",
      "wbot-ai → internet TCP 443",
      "wbot-ai → internet TCP 5432",
      "wbot-ai → internet TCP 6543",
      "wbot-ai → redis TCP 6379",
      "wbot-web → dns TCP 53",
      "wbot-web → dns UDP 53",
      "wbot-web → internet TCP 443",
      "wbot-web → wbot-ai TCP 8000",
    ]);
  });

  test("no pod holds a token of the API server, or may write to its root file system", async () => {
    for (const { spec } of await api.list(`/api/v1/namespaces/${namespace}/pods`)) {
      expect(spec.automountServiceAccountToken).toBe(false);
      expect((spec.volumes ?? []).some(({ projected }: { projected?: object }) => projected)).toBe(false);
      expect(spec.serviceAccountName).not.toBe("default");
      expect(spec.containers[0].securityContext).toMatchObject({
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  test("the API server refuses a pod that is not restricted", async () => {
    const spec = await podSpecOf(namespace, "wbot-ai");
    const pods = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    await api.create(pods, { metadata: { name: "ai" }, spec });
    const asRoot = {
      ...spec,
      securityContext: { ...spec.securityContext, runAsNonRoot: false, runAsUser: 0 },
    };
    await expect(api.create(pods, { metadata: { name: "ai" }, spec: asRoot })).rejects.toThrow(
      /violates PodSecurity/,
    );
  });

  test("a new image tag rolls the AI backend and nothing else", async () => {
    const before = await generations(namespace);
    await configure(workspace, { "image.ai": "registry.example.com/wbot-ai:4f2a91c" });
    await up(workspace);
    expect(await generations(namespace)).toEqual({ ...before, "wbot-ai": before["wbot-ai"]! + 1 });
    expect((await containerOf(namespace, "wbot-ai")).image).toBe("registry.example.com/wbot-ai:4f2a91c");
  });

  async function spreading(name: string): Promise<string[][]> {
    const { topologySpreadConstraints } = await podSpecOf(namespace, name);
    return topologySpreadConstraints.map(({ topologyKey, whenUnsatisfiable }: Record<string, string>) => [
      topologyKey,
      whenUnsatisfiable,
    ]);
  }

  /** When a workload was created, and when the first of its pods was ready. */
  async function startOf(name: string): Promise<{ created: number; ready: number }> {
    const { metadata } = await deploymentOf(namespace, name);
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    const ready = pods
      .filter((pod) => component(pod) === name)
      .map(({ status }) => status.conditions.find(({ type }: { type: string }) => type === "Ready"))
      .map(({ lastTransitionTime }) => Date.parse(lastTransitionTime));
    return { created: Date.parse(metadata.creationTimestamp), ready: Math.min(...ready) };
  }
});
