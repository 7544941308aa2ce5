import { vi } from "vitest";
import type { Kubernetes, KubernetesObject } from "../harness/kubernetes";
import { selects } from "./selects";

/**
 * Samples the ready endpoints of every Service in a namespace until it is stopped; then says the least that each had.
 * It begins once the Services know all of their pods.
 */
export async function readyEndpoints(api: Kubernetes, namespace: string) {
  const endpoints = await servicesKnowTheirPods(api, namespace);
  let samples = 0;
  let running = true;
  const sampling = (async () => {
    while (running) {
      for (const [service, ready] of Object.entries(await known(api, namespace)))
        endpoints[service] = Math.min(endpoints[service] ?? ready, ready);
      samples += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  })();
  return {
    async stop() {
      running = false;
      await sampling;
      return { endpoints, samples };
    },
  };
}

/**
 * Waits until every Service of a namespace knows all of its ready pods, and says how many: it hears of them a moment
 * after they are ready, on a busy machine up to a second.
 */
export async function servicesKnowTheirPods(api: Kubernetes, namespace: string) {
  const services = await api.list(`/api/v1/namespaces/${namespace}/services`);
  return vi.waitUntil(
    async () => {
      const endpoints = await known(api, namespace);
      const pods = (await api.list(`/api/v1/namespaces/${namespace}/pods`)).filter(isReady);
      const allKnown = services.every(
        (service) =>
          (endpoints[service.metadata.name] ?? 0) === pods.filter((pod) => selects(service, pod)).length,
      );
      return allKnown && endpoints;
    },
    { timeout: 300_000, interval: 100 },
  );
}

async function known(api: Kubernetes, namespace: string): Promise<Record<string, number>> {
  const slices = await api.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`);
  const ready: Record<string, number> = {};
  for (const slice of slices) {
    const service = slice.metadata.labels["kubernetes.io/service-name"];
    const serving =
      slice.endpoints?.filter((each: { conditions: { ready: boolean } }) => each.conditions.ready) ?? [];
    ready[service] = (ready[service] ?? 0) + serving.length;
  }
  return ready;
}

// One that is being deleted is ready to the last, and no endpoint any more.
function isReady({ metadata, status }: KubernetesObject): boolean {
  return (
    !metadata.deletionTimestamp &&
    status.conditions?.some(
      (each: { type: string; status: string }) => each.type === "Ready" && each.status === "True",
    )
  );
}
