import { expect, test } from "vitest";
import type { KubernetesObject } from "../../cluster/api-server";
import { releaseFields } from "../../cluster/comparison/bring-back";
import type { ReachedCluster } from "../../cluster/connect";

const labels = { "app.kubernetes.io/managed-by": "muster" };
const metadata = { name: "redis", namespace: "shop", labels };
const declared: KubernetesObject = {
  apiVersion: "v1",
  kind: "Service",
  metadata,
  spec: { ports: [{ name: "redis", port: 6379 }] },
};

const own = {
  manager: "pulumi-kubernetes-1",
  operation: "Apply",
  fieldsV1: { "f:metadata": { "f:labels": { "f:app.kubernetes.io/managed-by": {} } } },
};

/** What is asked of the API server, where others have made these ports. */
async function steps(ports: readonly { port: number }[], others: readonly number[]) {
  const items = others.map((port) => [`k:{"port":${port},"protocol":"TCP"}`, { ".": {}, "f:port": {} }]);
  const stranger = {
    manager: "stranger",
    operation: "Update",
    fieldsV1: { "f:spec": { "f:ports": Object.fromEntries(items) } },
  };
  const live = { ...declared, metadata: { ...metadata, managedFields: [own, stranger] }, spec: { ports } };
  const asked: object[] = [];
  const api = {
    get: async () => live,
    edit: async (_: string, all: readonly object[]) => void asked.push(...all),
  };
  const cluster = { api, kinds: { collection: () => "/services" } } as unknown as ReachedCluster;
  await releaseFields(declared, cluster, { isReplaced: () => false, left: [] });
  return asked.filter((step) => (step as { path: string }).path.startsWith("/spec"));
}

test("what another added beside the declared items is removed", async () => {
  const ports = [
    { name: "redis", port: 6379, protocol: "TCP" },
    { name: "more", port: 7, protocol: "TCP" },
  ];
  expect(await steps(ports, [7])).toEqual([{ op: "remove", path: "/spec/ports/1" }]);
});

test("a list of which nothing would be left, which a Service refuses, becomes what is declared at once", async () => {
  const ports = [{ name: "redis", port: 6380, protocol: "TCP" }];
  expect(await steps(ports, [6380])).toEqual([
    { op: "replace", path: "/spec/ports", value: [{ name: "redis", port: 6379 }] },
  ]);
});
