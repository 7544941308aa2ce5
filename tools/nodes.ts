import type { Cluster } from "./cluster";
import type { KubernetesObject } from "./kubernetes";

/** Adds simulated nodes until there are as many as wanted, and waits until all are ready. */
export async function addNodes(cluster: Cluster, wanted: number): Promise<void> {
  const { kubernetes } = cluster;
  const present = new Set((await kubernetes.list("/api/v1/nodes")).map(({ metadata }) => metadata.name));
  for (let number = 1; number <= wanted; number++) {
    const name = `node-${number}`;
    if (present.has(name)) continue;
    const size = { cpu: "8", memory: "32Gi", pods: "110", "ephemeral-storage": "100Gi" };
    await kubernetes.create("/api/v1/nodes", {
      apiVersion: "v1",
      kind: "Node",
      metadata: {
        name,
        labels: {
          "kubernetes.io/hostname": name,
          "kubernetes.io/os": "linux",
          "kubernetes.io/arch": "amd64",
          "topology.kubernetes.io/region": "local",
          "topology.kubernetes.io/zone": `local-${"abc"[(number - 1) % 3]}`,
        },
      },
      status: {
        capacity: size,
        allocatable: size,
        // Of the addresses that are set aside for examples: nothing of the simulation is ever sent to one.
        addresses: [
          { type: "InternalIP", address: `192.0.2.${100 + number}` },
          { type: "Hostname", address: name },
        ],
      },
    });
  }
  // Pods that find one node ready and the others not yet would all go to that one.
  await cluster.until("has nodes that are not ready", async () =>
    (await kubernetes.list("/api/v1/nodes")).every(isReady),
  );
}

function isReady({ spec, status }: KubernetesObject): boolean {
  const conditions: { type: string; status: string }[] = status.conditions ?? [];
  return !spec.taints?.length && conditions.some(({ type, status }) => type === "Ready" && status === "True");
}
