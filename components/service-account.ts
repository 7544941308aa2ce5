import { core } from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { keptAnnotations } from "./kept";
import { type Labelled, labels, type SystemInstance } from "./labels";

/** What an operator may say of the service account of a workload. */
export interface AccountOptions {
  /** Name of one that is in the namespace already, in place of the workload's own. */
  readonly existing?: string;
  /** Annotations of its own one: workload identity of a cloud goes by them. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Whose pods have a service account. */
export interface Accounted extends Labelled {
  readonly serviceAccount?: AccountOptions;
}

export function accountName({ name, serviceAccount }: Accounted): string {
  return serviceAccount?.existing ?? name;
}

interface ServiceAccountArgs {
  readonly system: SystemInstance;
  readonly declared: Accounted;
}

/** The service account of a workload, unless it has one that is there already: what its pods come after. */
export function accountOf(
  name: string,
  args: ServiceAccountArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  return args.declared.serviceAccount?.existing ? [] : [serviceAccount(name, args, opts)];
}

/** A service account. No token is mounted from it unless the pod asks for one itself. */
export function serviceAccount(
  name: string,
  { system, declared }: ServiceAccountArgs,
  opts: pulumi.CustomResourceOptions,
): core.v1.ServiceAccount {
  const { annotations = {} } = declared.serviceAccount ?? {};
  const all = { ...annotations, ...(opts.retainOnDelete && keptAnnotations) };
  return new core.v1.ServiceAccount(
    name,
    {
      metadata: {
        name: declared.name,
        namespace: system.namespace,
        labels: labels(system, declared),
        annotations: Object.keys(all).length > 0 ? all : undefined,
      },
      automountServiceAccountToken: false,
    },
    opts,
  );
}
