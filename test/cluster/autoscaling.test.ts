import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Autoscaling, ScalingRules } from "../../components/horizontal-pod-autoscaler";
import { rtcEgress } from "../../config/rtc-egress";
import type { Cluster } from "../../tools/cluster";
import { localParts } from "../../tools/local";
import { startCluster } from "../../tools/make-cluster";
import { toolchain } from "../../tools/toolchain";
import { ownFolder } from "../harness/folders";
import { Metrics } from "../harness/metrics";
import { createWorkspace, type Workspace } from "../harness/workspace";

describe("rtc-egress's recorders, on the real autoscaler", () => {
  const deployment = "/apis/apps/v1/namespaces/rtc-egress/deployments/egress";
  const idle = { cpu: "5m", memory: "8Mi" };
  const busy = { cpu: "1500m", memory: "8Mi" };
  let cluster: Cluster;
  let metrics: Metrics;
  let workspace: Workspace;

  beforeAll(async () => {
    const programs = await toolchain([...localParts, "metrics-server"]);
    cluster = await startCluster({
      directory: ownFolder("clusters"),
      nodes: 6,
      programs,
      simulated: ["Stage", "Metric", "ClusterResourceUsage"],
      controllerManager: {
        "horizontal-pod-autoscaler-sync-period": "1s",
        "horizontal-pod-autoscaler-cpu-initialization-period": "1s",
        "horizontal-pod-autoscaler-initial-readiness-delay": "1s",
      },
    });
    metrics = await Metrics.start(cluster, programs);
    await metrics.use(idle);
    for (const name of ["active_tasks_per_pod", "pending_notifications_per_pod"]) metrics.set(name, 1);
    workspace = await createWorkspace("prod", { only: "rtc-egress", kubeconfig: cluster.kubeconfig });
    const autoscaling = JSON.stringify(inSeconds(shipped()));
    await workspace.edit("Pulumi.prod.yaml", (text) =>
      text.replace("muster:rtc-egress:", `$&\n    egress: { autoscaling: ${autoscaling} }`),
    );
    await workspace.succeeds("up", "--yes", "--skip-preview");
  });
  afterAll(async () => {
    await workspace?.dispose();
    await metrics?.stop();
    await cluster?.delete();
  });

  test("under load they go from 3 to 10 by half or two, whichever is less; idle, back to 3 one by one", async () => {
    await reached(3);
    const up = replicas();
    await metrics.use(busy);
    await reached(10);
    expect(await up.stop()).toEqual([3, 5, 7, 9, 10]);
    const down = replicas();
    await metrics.use(idle);
    await reached(3);
    expect(await down.stop()).toEqual([10, 9, 8, 7, 6, 5, 4, 3]);
  });

  test("the tasks of each pod alone drive them as well", async () => {
    // What went away in the last period may come back beyond the bound.
    await setTimeout(5000);
    const up = replicas();
    metrics.set("active_tasks_per_pod", 100);
    await reached(10);
    expect(await up.stop()).toEqual([3, 5, 7, 9, 10]);
    metrics.set("active_tasks_per_pod", 1);
    await reached(3);
  });

  /** The numbers of replicas that are asked for, one after the other. */
  function replicas() {
    const seen: number[] = [];
    let watching = true;
    const watch = (async () => {
      while (watching) {
        const { spec } = await cluster.kubernetes.get(deployment);
        if (seen.at(-1) !== spec.replicas) seen.push(spec.replicas);
        await setTimeout(100);
      }
    })();
    return {
      async stop(): Promise<number[]> {
        watching = false;
        await watch;
        return seen;
      },
    };
  }

  async function reached(count: number): Promise<void> {
    await expect
      .poll(async () => (await cluster.kubernetes.get(deployment)).status.readyReplicas, {
        timeout: 300_000,
        interval: 200,
      })
      .toBe(count);
  }
});

/** The scaling that the shipped stack declares. */
function shipped(): Autoscaling {
  const { scale } = rtcEgress.schema.parse({}).egress;
  if (!("autoscaling" in scale)) throw new Error("the recorders are not autoscaled");
  return scale.autoscaling;
}

/** The same steps, with seconds for its minutes. */
function inSeconds({ scaleUp, scaleDown, ...rest }: Autoscaling): Autoscaling {
  const hurried = (rules: ScalingRules): ScalingRules => ({
    ...rules,
    stabilizationWindowSeconds: Math.ceil(rules.stabilizationWindowSeconds! / 30),
    policies: rules.policies.map((policy) => ({ ...policy, periodSeconds: policy.periodSeconds / 15 })),
  });
  return { ...rest, scaleUp: hurried(scaleUp!), scaleDown: hurried(scaleDown!) };
}
