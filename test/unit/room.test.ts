import { expect, test } from "vitest";
import type { KubernetesObject } from "../../cluster/api-server";
import { lackInWords } from "../../cluster/comparison/lacks";
import { lacking } from "../../cluster/comparison/room";

const node = (name: string, cpu: string, spec: object = {}): KubernetesObject => ({
  apiVersion: "v1",
  kind: "Node",
  metadata: { name, labels: { zone: name } },
  spec,
  status: { allocatable: { cpu, memory: "8Gi", pods: "10" } },
});

const podOf = (cpu: string, more: object = {}) => ({
  containers: [{ name: "x", resources: { requests: { cpu, memory: "1Gi" } } }],
  ...more,
});

const workload = (name: string, count: number, pod: object) => ({
  manifest: {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "shop", labels: { "app.kubernetes.io/part-of": "shop" } },
  },
  pod,
  count,
});

const said = (...args: Parameters<typeof lacking>) => lacking(...args).map(lackInWords);

test("pods that fit are not spoken of, beside those that run already", () => {
  const running = { ...node("web-1", "1"), spec: { ...podOf("1"), nodeName: "a" } };
  expect(said([workload("web", 2, podOf("500m"))], [node("a", "2")], [running])).toEqual([]);
});

test("of what fits nowhere: how many, how large, whose", () => {
  const nodes = [node("a", "2"), node("b", "2"), node("cordoned", "64", { unschedulable: true })];
  expect(said([workload("web", 1, podOf("1")), workload("api", 3, podOf("1500m"))], nodes, [])).toEqual([
    "room for 1 of 3 pods of 1.5 CPU and 1Gi, for Deployment shop/api: they wait until a node has it; bring nodes, or ask for less (npm run size -- --stack …; muster:shop)",
    "room for 1 of 1 pods of 1 CPU and 1Gi, for Deployment shop/web: they wait until a node has it; bring nodes, or ask for less (npm run size -- --stack …; muster:shop)",
  ]);
});

test("a node that a pod does not select, or whose taint it does not tolerate, is none for it", () => {
  const tainted = node("a", "8", { taints: [{ key: "gpu", effect: "NoSchedule" }] });
  expect(said([workload("web", 1, podOf("1"))], [tainted], [])).toHaveLength(1);
  const tolerations = [{ key: "gpu", operator: "Exists" }];
  expect(said([workload("web", 1, podOf("1", { tolerations }))], [tainted], [])).toEqual([]);
  const elsewhere = { tolerations, nodeSelector: { zone: "b" } };
  expect(said([workload("web", 1, podOf("1", elsewhere))], [tainted], [])).toHaveLength(1);
});
