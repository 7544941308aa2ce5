import { describe, expect, test } from "vitest";
import type { KubernetesObject } from "../../cluster/api-server";
import { workloadStatus } from "../../cluster/status/workload";
import {
  ago,
  among,
  deployment,
  labels,
  now,
  object,
  pod,
  rolledOut,
  underWay,
  warning,
} from "./namespace-of-web";

describe("a workload", () => {
  const stateOf = (status: object, ...others: KubernetesObject[]) =>
    workloadStatus(deployment(status), among(...others), now).state;

  test("is well once all its pods are of the version that was asked for", () => {
    expect(workloadStatus(deployment(rolledOut), among(), now)).toMatchObject({
      state: "well",
      ready: 2,
      wanted: 2,
      image: "web:1",
      rolledOut: ago(30),
    });
  });

  test("is on its way while its controller has not come to it, or pods of before are left", () => {
    expect(stateOf({ ...rolledOut, observedGeneration: 1 })).toBe("working");
    expect(stateOf(underWay)).toBe("working");
  });

  test("is not well where a container crashes, an image is not there, or pods are refused", () => {
    const waits = (reason: string) =>
      pod({ containerStatuses: [{ name: "web", state: { waiting: { reason } } }] });
    expect(stateOf(underWay, waits("ContainerCreating"))).toBe("working");
    expect(stateOf(underWay, waits("CrashLoopBackOff"))).toBe("not well");
    expect(stateOf(underWay, waits("ImagePullBackOff"))).toBe("not well");
    expect(stateOf(underWay, warning("ReplicaSet", "web-5f", "FailedCreate", "exceeded quota"))).toBe(
      "not well",
    );
    expect(stateOf(underWay, warning("ReplicaSet", "website-5f", "FailedCreate", "another's"))).toBe(
      "working",
    );
  });

  test("is not well once its controller has given up", () => {
    const conditions = [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }];
    expect(stateOf({ ...underWay, conditions })).toBe("not well");
  });

  test("may wait some minutes for a node, and no longer", () => {
    const unscheduled = (minutes: number) =>
      pod({
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            lastTransitionTime: ago(minutes),
          },
        ],
      });
    expect(stateOf(underWay, unscheduled(1))).toBe("working");
    expect(stateOf(underWay, unscheduled(6))).toBe("not well");
  });

  test("has its autoscaler, by what asks for most pods, and the slack of its budget", () => {
    const resource = (name: string, averageUtilization: number) => ({
      type: "Resource",
      resource: { name, target: { averageUtilization }, current: { averageUtilization } },
    });
    const scaler = object("HorizontalPodAutoscaler", "web", {
      spec: {
        scaleTargetRef: { kind: "Deployment", name: "web" },
        minReplicas: 2,
        maxReplicas: 9,
        metrics: [resource("cpu", 70), resource("memory", 80)],
      },
      status: {
        currentReplicas: 2,
        desiredReplicas: 3,
        currentMetrics: [resource("cpu", 20), resource("memory", 90)],
      },
    });
    const budget = object("PodDisruptionBudget", "web", {
      spec: { selector: { matchLabels: labels } },
      status: { disruptionsAllowed: 1 },
    });
    expect(workloadStatus(deployment(rolledOut), among(scaler, budget), now)).toMatchObject({
      budget: 1,
      autoscaler: {
        now: 2,
        wanted: 3,
        least: 2,
        most: 9,
        drivenBy: ["memory 90 % of 80 %", "cpu 20 % of 70 %"],
        lacks: undefined,
      },
    });
  });
});
