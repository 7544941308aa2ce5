import { core } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Endpoint } from "./edge";
import { type Home, labels, resourceName, selector } from "./labels";

/** The Service in front of a workload: each of its named ports, inside the cluster only. */
export function clusterService(home: Home, declared: Endpoint, opts: pulumi.CustomResourceOptions) {
  return new core.v1.Service(
    resourceName(home, declared.name),
    {
      metadata: {
        name: declared.name,
        namespace: home.namespace,
        labels: labels(home, declared),
        // The workload behind it is waited for; waiting here as well is a fixed 10 s more after every change.
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        type: "ClusterIP",
        selector: selector(home, declared),
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
