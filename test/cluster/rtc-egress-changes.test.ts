import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { goInstalled, prometheusOperator, serve } from "../harness/custom-resources";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { readyEndpoints, servicesKnowTheirPods } from "./ready-endpoints";
import { configFile, edges, environment, generations, matrix, podTemplate, up } from "./rtc-egress";
import { selects } from "./selects";

const api = kubernetes();

// What changes in the life of a stack. The tests build on each other, in this order.
describe("rtc-egress through its changes", () => {
  const namespace = "rtc-egress";
  let workspace: Workspace;
  let operator: Awaited<ReturnType<typeof serve>> | undefined;

  beforeAll(async () => {
    workspace = await createWorkspace("prod", { only: "rtc-egress" });
    await up(workspace);
    // The autoscalers look every 15 s.
    const brought = async () => {
      const endpoints = await servicesKnowTheirPods(api, namespace);
      return endpoints.egress === 3 && endpoints["webhook-notifier"] === 2;
    };
    await vi.waitUntil(brought, { timeout: 300_000, interval: 200 });
  });
  afterAll(async () => {
    await workspace.dispose();
    await operator?.stop();
  });

  test("a roll-out of the web dispatch takes half of it away and never more, be the image sound or not", async () => {
    for (const name of ["web-dispatch", "web-recorder"]) {
      const { spec } = await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
      expect(spec.strategy.rollingUpdate.maxUnavailable).toBe("50%");
    }
    const configure = (key: string, value: string) =>
      workspace.succeeds("config", "set", "--path", `muster:rtc-egress.${key}`, value);
    const { "web-dispatch": _, ...before } = await generations(namespace);
    const samples = await readyEndpoints(api, namespace);
    await configure("webDispatch.rolloutTimeoutSeconds", "10");
    await configure("webDispatch.terminationGracePeriodSeconds", "10");
    await configure("image.webDispatch", "rtc-egress/flexible-recorder:broken");
    const broken = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(broken.exitCode).not.toBe(0);
    await configure("webDispatch.rolloutTimeoutSeconds", "600");
    await configure("image.webDispatch", "rtc-egress/flexible-recorder:v2");
    await up(workspace);
    const least = await samples.stop();
    expect((await podTemplate(namespace, "web-dispatch")).spec.containers[0].image).toMatch(/:v2$/);
    expect(least.samples).toBeGreaterThan(10);
    // All other Services kept every pod; and this one went down to its half, so that the samples saw something.
    expect(least.endpoints).toEqual({
      egress: 3,
      redis: 1,
      "web-dispatch": 3,
      "web-recorder": 6,
      "webhook-notifier": 2,
    });
    expect(await generations(namespace)).toMatchObject(before);
  });

  test("more workers for each recorder: environment and file agree, and no other workload rolls", async () => {
    const before = await generations(namespace);
    await workspace.succeeds("config", "set", "--path", "muster:rtc-egress.egress.workers", "8");
    await up(workspace);
    expect((await environment(namespace, "egress")).POD_WORKERS).toBe("8");
    expect((await configFile(namespace, "egress", "egress_config.yaml")).pod).toMatchObject({ workers: 8 });
    expect(await generations(namespace)).toEqual({ ...before, egress: before.egress! + 1 });
  });

  test("what somebody scales by hand, the next up leaves to the autoscaler", async () => {
    await api.patch(`/apis/apps/v1/namespaces/${namespace}/deployments/egress`, { spec: { replicas: 5 } });
    await up(workspace, "--expect-no-changes");
    expect((await api.get(`/apis/apps/v1/namespaces/${namespace}/deployments/egress`)).spec.replicas).toBe(5);
  });

  test.skipIf(!goInstalled)(
    "once the Prometheus Operator is there, it is told what to scrape and of what to alert, and the network lets it (needs go on PATH)",
    async () => {
      operator = await serve(prometheusOperator);
      const labels = "muster:rtc-egress.monitoring.labels.release";
      await workspace.succeeds("config", "set", "--path", labels, "prometheus");
      expect(await up(workspace, "--policy-pack", "policies")).not.toContain("left out");
      const monitors = await api.list(
        `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/servicemonitors`,
      );
      expect(monitors.map(({ metadata, spec }) => [metadata.name, spec.endpoints])).toEqual(
        Object.entries({
          egress: "health",
          "redis-exporter": "metrics",
          "web-dispatch": "health",
          "webhook-notifier": "health",
        }).map(([name, port]) => [name, [{ port, path: "/metrics", interval: "30s" }]]),
      );
      const [rules] = await api.list(
        `/apis/monitoring.coreos.com/v1/namespaces/${namespace}/prometheusrules`,
      );
      expect(rules!.metadata.labels.release).toBe("prometheus");
      expect(rules!.spec.groups[0].rules).toContainEqual(
        expect.objectContaining({
          alert: "QueueGrows",
          annotations: expect.objectContaining({
            runbook_url: "docs/systems/rtc-egress.md#a-queue-grows",
          }),
        }),
      );
      const services = await api.list(`/api/v1/namespaces/${namespace}/services`);
      for (const monitor of monitors) {
        expect(monitor.metadata.labels.release).toBe("prometheus");
        expect(services.filter((service) => selects(monitor, service))).toMatchObject([
          { metadata: { name: monitor.metadata.name } },
        ]);
      }
      expect(await matrix(namespace)).toEqual(
        [
          ...edges,
          "prometheus → egress TCP 8182",
          "prometheus → redis-exporter TCP 9121",
          "prometheus → web-dispatch TCP 8182",
          "prometheus → webhook-notifier TCP 8185",
          "redis-exporter → dns TCP 53",
          "redis-exporter → dns UDP 53",
          "redis-exporter → redis TCP 6379",
        ].sort(),
      );
    },
  );
});
