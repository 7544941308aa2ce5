import { afterEach, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { edges, environment, matrix, running, up, volumesOf } from "./rtc-egress";

const api = kubernetes();

describe("rtc-egress in dev, whose Redis is another", () => {
  let workspace: Workspace;

  afterEach(() => workspace.dispose());

  test("by config the queue is on a volume, and others may put tasks in it; or a managed Redis stands in", async () => {
    workspace = await createWorkspace("dev", { only: "rtc-egress" });
    const namespace = "rtc-egress-dev";
    await workspace.configure({
      "muster:rtc-egress.redis.storage.size": "1Gi",
      "muster:rtc-egress.redis.callers[0]": "tasks",
    });
    await up(workspace, "--policy-pack", "policies");
    const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/redis-config`);
    expect(data["redis.conf"]).toContain("appendonly yes");
    expect(await volumesOf(namespace)).toHaveProperty("data-redis-0");
    expect(await matrix(namespace)).toEqual([...edges, "who has tasks → redis TCP 6379"].sort());

    await workspace.succeeds("config", "rm", "--path", "muster:rtc-egress.redis");
    await workspace.configure({
      "muster:rtc-egress.managedRedis.host": "redis.example.com",
      "muster:rtc-egress.managedRedis.cidrs[0]": "10.1.0.0/16",
    });
    await workspace.succeeds("config", "set", "--secret", "rtc-egress:redis-password", "a-managed-password");
    // Its queue is on a volume that stays, and the managed one starts empty.
    const refused = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain("StatefulSet rtc-egress-dev/redis is removed; data-redis-0 stays");
    await workspace.configure({ "muster:rtc-egress.leaves[0]": "redis" });
    await up(workspace, "--policy-pack", "policies");
    expect(await running(namespace)).not.toHaveProperty("redis");
    for (const name of ["egress", "web-dispatch", "webhook-notifier"])
      expect(await environment(namespace, name)).toMatchObject({
        REDIS_ADDR: "redis.example.com:6379",
        REDIS_PASSWORD: "a-managed-password",
      });
    expect(await matrix(namespace)).toEqual(
      edges.map((edge) => edge.replace("→ redis TCP", "→ a private address TCP")).sort(),
    );
  });
});
