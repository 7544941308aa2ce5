import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KubernetesObject, kubernetes } from "../harness/kubernetes";
import { shippedResources } from "../unit/shipped-stack";
import { pathOf, removeAll } from "./object-paths";

// What the API server asks of every pod in a system's namespace. Objects are those of stack dev.

const api = kubernetes();
// biome-ignore lint/suspicious/noExplicitAny: tests change pods wherever a pod has a field
type Pod = any;

describe("a pod that anybody makes in a system's namespace", () => {
  const pods = "/api/v1/namespaces/agentsmith-dev/pods?dryRun=All";
  const made: string[] = [];

  beforeAll(async () => {
    for (const { inputs } of (await shippedResources("dev")).get("agentsmith")!) {
      const object = inputs as KubernetesObject;
      const wanted = object.kind === "Namespace" || /^agentsmith-dev-pods$/.test(object.metadata?.name);
      if (!wanted) continue;
      await api.apply(pathOf(object), object);
      made.unshift(pathOf(object));
    }
    while (
      await create((pod) => delete pod.spec.containers[0].resources).then(
        () => true,
        () => false,
      )
    )
      await setTimeout(100);
  });

  afterAll(() => removeAll(made));

  const create = (change: (pod: Pod) => void = () => {}) => {
    const securityContext = {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ["ALL"] },
      readOnlyRootFilesystem: true,
    };
    const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "10m", memory: "16Mi" } };
    const pod = {
      metadata: { name: "debug", labels: {} },
      spec: {
        // The controller that makes the namespace's default account may come later.
        serviceAccountName: "default",
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
        containers: [{ name: "debug", image: "busybox", resources, securityContext }],
      },
    };
    change(pod);
    return api.create(pods, pod);
  };

  test.each([
    [
      "resource-limits",
      "no limit of memory",
      (pod: Pod) => delete pod.spec.containers[0].resources.limits.memory,
    ],
    ["resource-requests", "no requests and no limits", (pod: Pod) => delete pod.spec.containers[0].resources],
    [
      "read-only-root-filesystem",
      "a writable root file system",
      (pod: Pod) => delete pod.spec.containers[0].securityContext.readOnlyRootFilesystem,
    ],
  ] as const)("is refused by the rule %s: %s", async (rule, _, change) => {
    await create();
    await expect(create(change)).rejects.toThrow(new RegExp(`${rule}: .* is (?!not allowed;).*; allowed: `));
  });

  test("is let in by a label that says why, and a system's Jobs may not have it", async () => {
    await create((pod) => {
      pod.metadata.labels["muster.dev/break-glass"] = "incident-42";
      delete pod.spec.containers[0].resources;
    });
  });
});
