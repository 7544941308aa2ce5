import { afterEach, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { component, configure, containerOf, environmentOf, ingressOf, open, up } from "./wbot";

const api = kubernetes();

describe("wbot in the other stacks, as they are shipped", () => {
  let workspace: Workspace;

  afterEach(() => workspace.dispose());

  test("dev: one pod of each, and no way in from outside", async () => {
    workspace = await createWorkspace("dev", { only: "wbot" });
    await up(workspace);
    const namespace = "wbot-dev";
    const pods = await api.list(`/api/v1/namespaces/${namespace}/pods`);
    expect(pods.map(component).sort()).toEqual(["redis", "wbot-ai", "wbot-web"]);
    expect((await containerOf(namespace, "wbot-ai")).imagePullPolicy).toBe("Never");
    for (const path of [
      `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
      `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`,
      `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`,
    ])
      expect(await api.list(path)).toEqual([]);
    expect((await open(namespace)).filter((line) => line.startsWith("the ingress controller"))).toEqual([]);
    expect(await environmentOf(namespace, "wbot-ai")).toMatchObject({
      CORS_ORIGINS: "http://localhost:8080",
    });
  });

  test("Redis on a volume writes every change to it, and destroy leaves the volume", async () => {
    workspace = await createWorkspace("dev", { only: "wbot" });
    await configure(workspace, { "redis.storage.size": "1Gi" });
    await up(workspace);
    const namespace = "wbot-dev";
    const { spec } = await api.get(`/apis/apps/v1/namespaces/${namespace}/statefulsets/redis`);
    expect(spec.template.spec.containers[0].resources).toMatchObject({
      limits: { cpu: "500m", memory: "512Mi" },
    });
    const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/redis-config`);
    expect(data["redis.conf"]).toMatch(/^appendonly yes$/m);
    await workspace.succeeds("destroy", "--yes", "--skip-preview");
    const claims = await api.list(`/api/v1/namespaces/${namespace}/persistentvolumeclaims`);
    expect(claims.map(({ metadata, status }) => [metadata.name, status.phase])).toEqual([
      ["data-redis-0", "Bound"],
    ]);
  });

  test("staging: the document's five pods, and a Redis that somebody else runs in place of its own", async () => {
    workspace = await createWorkspace("staging", { only: "wbot" });
    await up(workspace);
    const namespace = "wbot-staging";
    const components = async () =>
      (await api.list(`/api/v1/namespaces/${namespace}/pods`)).map(component).sort();
    expect(await components()).toEqual(["redis", "wbot-ai", "wbot-ai", "wbot-web", "wbot-web"]);
    expect((await ingressOf(namespace)).spec.rules[0].host).toBe("wbot.staging.example.com");

    await configure(workspace, {
      "managedRedis.host": "cache.example.com",
      "managedRedis.port": "6380",
      "managedRedis.tls": "true",
      "managedRedis.cidrs[0]": "10.7.0.0/16",
    });
    await workspace.succeeds("config", "set", "--secret", "wbot:REDIS_PASSWORD", "p/w");
    await up(workspace);
    await expect.poll(components).toEqual(["wbot-ai", "wbot-ai", "wbot-web", "wbot-web"]);
    expect(await environmentOf(namespace, "wbot-ai")).toMatchObject({
      REDIS_URL: "rediss://:p%2Fw@cache.example.com:6380",
    });
    expect((await open(namespace)).filter((line) => /redis|6380/.test(line))).toEqual([
      "wbot-ai → the managed Redis TCP 6380",
    ]);
  });
});
