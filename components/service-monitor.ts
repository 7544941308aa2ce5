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

/** The Prometheus that scrapes a system. */
export interface Monitoring {
  /** The namespace that it runs in: the network lets it scrape. */
  readonly namespace: string;
  /** Labels that its operator selects ServiceMonitors by. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Tells the Prometheus Operator to scrape a Service. The operator has to be in the cluster. */
export class ServiceMonitor extends pulumi.ComponentResource {
  constructor(
    home: Home,
    workload: Labelled,
    { port, path, intervalSeconds }: Metrics,
    monitoring: Monitoring,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = resourceName(home, workload.name);
    super("muster:index:ServiceMonitor", name, {}, opts);
    new apiextensions.CustomResource(
      name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "ServiceMonitor",
        metadata: {
          name: workload.name,
          namespace: home.namespace,
          labels: { ...labels(home, workload), ...monitoring.labels },
        },
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
