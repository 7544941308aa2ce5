import type { KubernetesObject } from "../../cluster/api-server";
import type { NamespaceObjects } from "../../cluster/status/namespace-objects";

// What a namespace may hold in which Deployment web runs, as the API server tells it.

export const now = Date.parse("2026-01-02T12:00:00Z");
export const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

export const object = (
  kind: string,
  name: string,
  rest: object = {},
  metadata: object = {},
): KubernetesObject => ({
  apiVersion: "v1",
  kind,
  metadata: { name, generation: 2, creationTimestamp: ago(60), ...metadata },
  ...rest,
});

export const among = (...objects: KubernetesObject[]): NamespaceObjects => ({
  of: (...kinds) => objects.filter(({ kind }) => kinds.some((each) => each === kind)),
  unread: [],
});

export const labels = { app: "web" };
export const deployment = (status: object) =>
  object("Deployment", "web", {
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ image: "web:1" }] } },
    },
    status: { observedGeneration: 2, ...status },
  });
export const rolledOut = {
  replicas: 2,
  updatedReplicas: 2,
  availableReplicas: 2,
  readyReplicas: 2,
  conditions: [{ type: "Progressing", status: "True", lastUpdateTime: ago(30) }],
};
export const underWay = { ...rolledOut, updatedReplicas: 1 };

export const pod = (status: object) =>
  object(
    "Pod",
    "web-1",
    { status: { conditions: [{ type: "Ready", status: "False" }], ...status } },
    { labels },
  );
export const warning = (kind: string, name: string, reason: string, message: string, minutes = 1) =>
  object("Event", `${name}.1`, {
    type: "Warning",
    involvedObject: { kind, name },
    reason,
    message,
    lastTimestamp: ago(minutes),
  });
