import type { Kubernetes } from "../harness/kubernetes";

/** Samples the ready endpoints of every Service in a namespace until it is stopped; then says the least that each had. */
export function readyEndpoints(api: Kubernetes, namespace: string) {
  const endpoints: Record<string, number> = {};
  let samples = 0;
  let running = true;
  const sampling = (async () => {
    while (running) {
      const slices = await api.list(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`);
      const ready: Record<string, number> = {};
      for (const slice of slices) {
        const service = slice.metadata.labels["kubernetes.io/service-name"];
        const serving =
          slice.endpoints?.filter((each: { conditions: { ready: boolean } }) => each.conditions.ready) ?? [];
        ready[service] = (ready[service] ?? 0) + serving.length;
      }
      for (const [service, count] of Object.entries(ready)) {
        endpoints[service] = Math.min(endpoints[service] ?? count, count);
      }
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
