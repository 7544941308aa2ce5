import { core } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "./edge";
import { labels, type SystemInstance, selector } from "./labels";

/** The Service in front of a workload: each of its named ports, inside the cluster only. */
export function clusterService(
  name: string,
  { system, declared }: { readonly system: SystemInstance; readonly declared: Endpoint },
  opts: pulumi.CustomResourceOptions,
): core.v1.Service {
  return new core.v1.Service(
    name,
    {
      metadata: {
        name: declared.name,
        namespace: system.namespace,
        labels: labels(system, declared),
        // The workload behind it is waited for; waiting here as well is a fixed 10 s more after every change.
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        type: "ClusterIP",
        selector: selector(system, declared),
        ports: Object.entries(declared.ports).map(([name, port]) => ({
          name,
          port: declared.servicePorts?.[name] ?? port,
          targetPort: name,
        })),
      },
    },
    opts,
  );
}
