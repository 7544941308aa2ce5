import { apiextensions } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Labelled, labels, type SystemInstance, selector } from "./labels";

/** Where a workload exports metrics, for Prometheus to scrape. */
export interface Metrics<Port extends string = string> {
  /** Name of the port. */
  readonly port: Port;
  readonly path: string;
  readonly intervalSeconds: number;
}

/** The images of the programs that ask a server for its metrics, and export them as Prometheus reads them. */
interface ExporterImages {
  /** Of https://github.com/oliver006/redis_exporter. */
  readonly redis: string;
  /** Of https://github.com/prometheus-community/postgres_exporter. */
  readonly postgresql: string;
}

/** The Prometheus that scrapes a system. */
export interface Monitoring {
  /** The namespace that it runs in: the network lets it scrape. */
  readonly namespace: string;
  /** Labels that its operator selects ServiceMonitors and PrometheusRules by. Default: none. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly exporters: ExporterImages;
  /** How many tasks may wait in a queue before there is an alert. */
  readonly longestQueue: number;
  /** Whether the cluster takes PrometheusRules: some collectors know of monitors alone. Default: true. */
  readonly takesRules?: boolean;
  /** The address that the pages of this repository are read at. Default: alerts name the page by its path. */
  readonly runbooks?: string;
}

export interface ServiceMonitorArgs {
  readonly system: SystemInstance;
  readonly declared: Labelled;
  readonly metrics: Metrics;
  readonly monitoring: Monitoring;
}

/** Tells the Prometheus Operator to scrape a Service. The operator has to be in the cluster. */
export class ServiceMonitor extends pulumi.ComponentResource {
  constructor(
    name: string,
    { system, declared, metrics, monitoring }: ServiceMonitorArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:ServiceMonitor", name, {}, opts);
    const { port, path, intervalSeconds } = metrics;
    new apiextensions.CustomResource(
      name,
      {
        apiVersion: "monitoring.coreos.com/v1",
        kind: "ServiceMonitor",
        metadata: {
          name: declared.name,
          namespace: system.namespace,
          labels: { ...labels(system, declared), ...monitoring.labels },
        },
        spec: {
          selector: { matchLabels: selector(system, declared) },
          endpoints: [{ port, path, interval: `${intervalSeconds}s` }],
        },
      },
      { parent: this },
    );
    this.registerOutputs({ name: declared.name });
  }
}
