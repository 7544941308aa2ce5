import { apiextensions } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Home, type Labelled, labels, resourceName, selector } from "./labels";

/** Where a workload exports metrics, for Prometheus to scrape. */
export interface Metrics {
  /** Name of the port. */
  readonly port: string;
  readonly path: string;
  readonly intervalSeconds: number;
}

/** Tells the Prometheus Operator to scrape a Service. The operator has to be in the cluster. */
export class ServiceMonitor extends pulumi.ComponentResource {
  constructor(
    home: Home,
    workload: Labelled,
    { port, path, intervalSeconds }: Metrics,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = resourceName(home, workload.name);
    super("muster:index:ServiceMonitor", name, {}, opts);
    new apiextensions.CustomResource(
      name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "ServiceMonitor",
        metadata: { name: workload.name, namespace: home.namespace, labels: labels(home, workload) },
        spec: {
          selector: { matchLabels: selector(home, workload) },
          endpoints: [{ port, path, interval: `${intervalSeconds}s` }],
        },
      },
      { parent: this },
    );
    this.registerOutputs({ name: workload.name });
  }
}
