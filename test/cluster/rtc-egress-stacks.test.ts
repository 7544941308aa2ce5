import { afterEach, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { autoscaler, edges, environment, matrix, podTemplate, running, up, volumesOf } from "./rtc-egress";

const api = kubernetes();

describe("rtc-egress in the other stacks, as they are shipped", () => {
  let workspace: Workspace;

  afterEach(() => workspace.dispose());

  test("staging: half of production", async () => {
    workspace = await createWorkspace("staging", { only: "rtc-egress" });
    await up(workspace);
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

  test("dev: one pod of each, with no autoscaler and no budget", async () => {
    workspace = await createWorkspace("dev", { only: "rtc-egress" });
    await up(workspace);
    const namespace = "rtc-egress-dev";
    expect(await running(namespace)).toEqual({
      egress: 1,
      redis: 1,
      "web-dispatch": 1,
      "web-recorder": 1,
      "webhook-notifier": 1,
    });
    for (const path of ["autoscaling/v2", "policy/v1"]) {
      const plural = path === "policy/v1" ? "poddisruptionbudgets" : "horizontalpodautoscalers";
      expect(await api.list(`/apis/${path}/namespaces/${namespace}/${plural}`)).toEqual([]);
    }
    const pulled = async (name: string) =>
      (await podTemplate(namespace, name)).spec.containers[0].imagePullPolicy;
    expect([await pulled("egress"), await pulled("web-recorder")]).toEqual(["Never", "IfNotPresent"]);
  });

  test("by config the queue is on a volume, and others may put tasks in it; or a managed Redis stands in", async () => {
    workspace = await createWorkspace("dev", { only: "rtc-egress" });
    const configure = (key: string, value: string) =>
      workspace.succeeds("config", "set", "--path", `muster:rtc-egress.${key}`, value);
    const namespace = "rtc-egress-dev";
    await configure("redis.storage.size", "1Gi");
    await configure("redis.callers[0]", "tasks");
    await up(workspace);
    const { data } = await api.get(`/api/v1/namespaces/${namespace}/configmaps/redis-config`);
    expect(data["redis.conf"]).toContain("appendonly yes");
    expect(await volumesOf(namespace)).toHaveProperty("data-redis-0");
    expect(await matrix(namespace)).toEqual([...edges, "who has tasks → redis TCP 6379"].sort());

    await workspace.succeeds("config", "rm", "--path", "muster:rtc-egress.redis");
    await configure("managedRedis.host", "redis.example.com");
    await configure("managedRedis.cidrs[0]", "10.1.0.0/16");
    await workspace.succeeds("config", "set", "--secret", "rtc-egress:redis-password", "a-managed-password");
    // Its queue is on a volume that stays, and the managed one starts empty.
    const refused = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.output).toContain("StatefulSet rtc-egress-dev/redis is removed; data-redis-0 stays");
    await configure("leaves[0]", "redis");
    await up(workspace);
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
