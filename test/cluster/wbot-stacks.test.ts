import { afterEach, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { component, configure, environmentOf, open, podSpecOf, up } from "./wbot";

const api = kubernetes();

describe("wbot, whose Redis is another", () => {
  let workspace: Workspace;

  afterEach(() => workspace.dispose());

  test("Redis on a volume writes every change to it, and destroy leaves the volume", async () => {
    workspace = await createWorkspace("dev", { only: "wbot" });
    await configure(workspace, { "redis.storage.size": "1Gi" });
    await up(workspace, "--policy-pack", "policies");
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

  test("a Redis that somebody else runs stands in place of its own, and the frontend goes to spot nodes", async () => {
    workspace = await createWorkspace("staging", { only: "wbot" });
    const namespace = "wbot-staging";
    const components = async () =>
      (await api.list(`/api/v1/namespaces/${namespace}/pods`)).map(component).sort();
    await configure(workspace, {
      "managedRedis.host": "cache.example.com",
      "managedRedis.port": "6380",
      "managedRedis.tls": "true",
      "managedRedis.cidrs[0]": "10.7.0.0/16",
      "web.placement.tolerations[0].key": "spot",
      "web.placement.tolerations[0].operator": "Exists",
    });
    await workspace.succeeds("config", "set", "--secret", "wbot:REDIS_PASSWORD", "p/w");
    await up(workspace, "--policy-pack", "policies");
    await expect.poll(components).toEqual(["smoke", "wbot-ai", "wbot-ai", "wbot-web", "wbot-web"]);
    expect(await environmentOf(namespace, "wbot-ai")).toMatchObject({
      REDIS_URL: "rediss://:p%2Fw@cache.example.com:6380",
    });
    expect((await open(namespace)).filter((line) => /redis|6380/.test(line))).toEqual([
      "wbot-ai → the managed Redis TCP 6380",
    ]);
    const tolerations = async (name: string) =>
      (await podSpecOf(namespace, name)).tolerations?.map(({ key }: { key: string }) => key);
    expect(await tolerations("wbot-web")).toEqual(["spot"]);
    expect(await tolerations("wbot-ai")).toBeUndefined();
  });
});
