import * as pulumi from "@pulumi/pulumi";
import { clusterService } from "./cluster-service";
import type { Endpoint } from "./edge";
import { type Replicated, replicated } from "./replicated";
import { type Metrics, type Monitoring, ServiceMonitor } from "./service-monitor";
import type { WorkloadArgs } from "./workload-args";

/** A workload that answers on ports. */
export interface ServiceDeclaration<Port extends string = string> extends Replicated<Port>, Endpoint<Port> {
  /** TCP ports of its container by name; the Service has the same, or those of `servicePorts`. */
  readonly ports: Readonly<Record<Port, number>>;
  /** Where it exports metrics, for a system that is monitored. */
  readonly metrics?: Metrics<NoInfer<Port>>;
  /** Namespaces whose pods may call it. Default: none. */
  readonly callers?: readonly string[];
}

export interface ServiceWorkload<Port extends string = string> extends ServiceDeclaration<Port> {
  readonly kind: "service";
}

/** A declared service. Its probes, metrics and routes name its ports: no others compile. */
export function serviceWorkload<Port extends string>(
  declared: ServiceDeclaration<Port>,
): ServiceWorkload<Port> {
  return { kind: "service", ...declared };
}

export interface ServiceArgs<Declaration = ServiceDeclaration> extends WorkloadArgs<Declaration> {
  /** The Prometheus that scrapes it, where it has metrics. Left out: none. */
  readonly monitoring?: Monitoring;
}

/** A replicated Deployment with a Service in front. */
export class Service extends pulumi.ComponentResource {
  constructor(name: string, args: ServiceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("muster:index:Service", name, {}, opts);
    const { system, declared, monitoring } = args;
    const { metrics } = declared;
    replicated(name, args, { parent: this, dependsOn: opts.dependsOn });
    clusterService(name, { system, declared }, { parent: this });
    if (monitoring && metrics)
      new ServiceMonitor(name, { system, declared, metrics, monitoring }, { parent: this });
    this.registerOutputs({ name: declared.name, image: declared.image, ports: declared.ports });
  }
}
