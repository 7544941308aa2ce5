import * as pulumi from "@pulumi/pulumi";
import { clusterService } from "./cluster-service";
import type { Endpoint } from "./edge";
import { type Home, resourceName } from "./labels";
import type { PodSettings } from "./pod-template";
import { type Metrics, ServiceMonitor } from "./service-monitor";
import { type Replicated, replicated } from "./worker";

/** A workload that answers on ports. */
export interface ServiceDeclaration extends Replicated, Endpoint {
  /** TCP ports of its container by name; the Service has the same, or those of `servicePorts`. */
  readonly ports: Readonly<Record<string, number>>;
  /** Where it exports metrics, for a system that is monitored. */
  readonly metrics?: Metrics;
  /** Namespaces whose pods may call it. Default: none. */
  readonly callers?: readonly string[];
}

export interface ServiceWorkload extends ServiceDeclaration {
  readonly kind: "service";
}

/** A replicated Deployment with a Service in front. */
export class Service extends pulumi.ComponentResource {
  constructor(
    home: Home,
    settings: PodSettings,
    declared: ServiceDeclaration,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("muster:index:Service", resourceName(home, declared.name), {}, opts);
    replicated(home, settings, declared, { parent: this, dependsOn: opts.dependsOn });
    clusterService(home, declared, { parent: this });
    if (settings.monitoring && declared.metrics)
      new ServiceMonitor(home, declared, declared.metrics, settings.monitoring, { parent: this });
    this.registerOutputs({ name: declared.name, ports: declared.ports });
  }
}
