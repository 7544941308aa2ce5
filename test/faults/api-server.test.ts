import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { addNodes } from "../../tools/nodes";
import { end } from "../../tools/processes";
import { testCluster, testKubeconfig } from "../harness/cluster";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { ApiServerProxy } from "./api-server-proxy";
import { reached } from "./objects";

describe("an API server that is not well", () => {
  const api = kubernetes();
  const directory = mkdtempSync(join(tmpdir(), "muster-proxy-"));
  let proxy: ApiServerProxy;
  let workspace: Workspace;

  beforeAll(async () => {
    proxy = await ApiServerProxy.start(testKubeconfig(), directory);
  });
  afterEach(() => proxy.behave(() => "forward"));
  afterAll(async () => {
    await workspace.dispose();
    await proxy.stop();
    rmSync(directory, { recursive: true });
  });

  const fresh = async (options: { kubeconfig?: string } = {}) => {
    await workspace?.dispose();
    workspace = await createWorkspace("dev", { only: "agentsmith", ...options });
  };

  // Each goes on with the stack of the one before, up to the next fresh one.
  test("unavailable: writes are answered 503 after a while; up says so", async () => {
    await fresh({ kubeconfig: proxy.kubeconfig });
    let writes = 0;
    proxy.behave((method) => (method === "PATCH" && ++writes > 10 ? { status: 503 } : "forward"));
    const up = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.output).not.toBe(0);
    expect(up.output).toMatch(/the API server is taking a rest/);
    expect(up.output).not.toMatch(/panic|goroutine|at Object\.<anonymous>/);
  });

  test("overloaded: one write in three is answered 429 with Retry-After; the next up retries, and carries it to its end", async () => {
    let writes = 0;
    proxy.behave((method) =>
      method === "PATCH" && ++writes % 3 === 1 ? { status: 429, retryAfter: 1 } : "forward",
    );
    await workspace.succeeds("up", "--yes", "--skip-preview");
    expect(writes).toBeGreaterThan(20);
    proxy.behave(() => "forward");
    await changesNothing();
  });

  test("slow: every answer takes a second more, and up waits for it", async () => {
    await fresh({ kubeconfig: proxy.kubeconfig });
    proxy.behave(() => ({ delay: 1000 }));
    await workspace.succeeds("up", "--yes", "--skip-preview");
    expect(proxy.requests).toBeGreaterThan(30);
    proxy.behave(() => "forward");
    await changesNothing();
  });

  test("a moment behind: what it lists is as it was before the update, and up waits for the new version all the same", async () => {
    const dispatcher = "/apis/apps/v1/namespaces/agentsmith-dev/deployments";
    await behind(dispatcher);
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text
        .replace("image:", "$&\n      dispatcher: agentsmith-dispatcher:broken")
        .replace(
          "replicas: 1",
          "$&\n      rolloutTimeoutSeconds: 15\n      terminationGracePeriodSeconds: 10",
        ),
    );
    const up = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.output).not.toBe(0);
    expect(up.output).toContain("ImagePullBackOff");
    await behind(dispatcher);
    await workspace.edit("Pulumi.dev.yaml", (text) =>
      text.replace(":broken", ":v2").replace("rolloutTimeoutSeconds: 15", "rolloutTimeoutSeconds: 600"),
    );
    await workspace.succeeds("up", "--yes", "--skip-preview");
    const [deployment] = await api.list(dispatcher);
    expect(deployment).toMatchObject({
      spec: { template: { spec: { containers: [{ image: "agentsmith-dispatcher:v2" }] } } },
      status: {
        replicas: 1,
        updatedReplicas: 1,
        readyReplicas: 1,
        observedGeneration: deployment!.metadata.generation,
      },
    });
  });

  /** The next to list the objects of a path and to watch them from there is told how they are now. */
  async function behind(path: string): Promise<void> {
    const answer = await api.get(path);
    let told = false;
    proxy.behave((_method, { pathname, searchParams }) => {
      if (told || pathname !== path || searchParams.has("watch") || searchParams.has("fieldSelector"))
        return "forward";
      told = true;
      return { answer };
    });
  }

  test("restarted in the middle: up ends with what the server did to it, if anything, and the next one converges", async () => {
    await fresh();
    const cluster = await testCluster();
    const up = execa("pulumi", ["up", "--yes", "--skip-preview"], {
      cwd: workspace.project,
      env: workspace.environment,
      reject: false,
      all: true,
    });
    await reached(up, { after: 30, what: "lines" });
    await cluster.killApiServer();
    await setTimeout(2000);
    await cluster.start();
    const { exitCode, all } = await up;
    if (exitCode !== 0)
      expect(all).toMatch(
        /by the Kubernetes API server ?: \w+ "https:.*(refused|reset|EOF|closed|lost|http2)/,
      );
    await workspace.succeeds("up", "--yes", "--skip-preview");
    await changesNothing();
    const deployments = await api.list("/apis/apps/v1/namespaces/agentsmith-dev/deployments");
    expect(deployments.map(({ metadata, status }) => [metadata.name, status.readyReplicas])).toEqual([
      ["dispatcher", 1],
      ["redis", 1],
    ]);
  });

  const changesNothing = () => workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
});

test("a part of the local cluster that has given up is started again while nodes are waited for", async () => {
  const cluster = await testCluster();
  const more = (await cluster.kubernetes.list("/api/v1/nodes")).length + 1;
  await end([cluster.pids["kwok-controller"]!], "SIGKILL");
  // No node becomes ready without it.
  await addNodes(cluster, more);
  await cluster.kubernetes.delete(`/api/v1/nodes/node-${more}`);
});
