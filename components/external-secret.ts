import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { apiextensions } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Home, labels, resourceName } from "./labels";
import { untilReady } from "./secret-store";

export interface ExternalSecretArgs {
  /** Name of the Secret that it writes into. */
  readonly secret: string;
  /** Keys of that Secret, and where each is in the store. */
  readonly keys: Readonly<Record<string, { readonly item: string; readonly field: string }>>;
  /** Name of the SecretStore. */
  readonly store: string;
  readonly refreshInterval: string;
  readonly apiVersion: string;
  /** Context of the kubeconfig. Default: its current context. */
  readonly context?: string;
}

/**
 * Keys of a Secret that the External Secrets Operator brings and keeps current. Where the store does not answer, or
 * lacks a key, the Secret stays as it is.
 */
export class ExternalSecret extends pulumi.ComponentResource {
  /** The values by key, as they are in the cluster: they go into digests, and never into Pulumi's state. */
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(home: Home, args: ExternalSecretArgs, opts: pulumi.ComponentResourceOptions) {
    const name = resourceName(home, args.secret);
    super("muster:index:ExternalSecret", name, {}, opts);
    const { secret, keys, store, refreshInterval, apiVersion, context } = args;
    const object = new apiextensions.CustomResource(
      name,
      {
        apiVersion,
        kind: "ExternalSecret",
        metadata: {
          name: secret,
          namespace: home.namespace,
          labels: labels(home, { name: secret }),
          annotations: untilReady,
        },
        spec: {
          secretStoreRef: { kind: "SecretStore", name: store },
          refreshInterval,
          // Into the Secret that is there, which holds what Muster composes beside it.
          target: { name: secret, creationPolicy: "Merge", deletionPolicy: "Retain" },
          data: Object.entries(keys).map(([secretKey, { item, field }]) => ({
            secretKey,
            remoteRef: { key: item, property: field },
          })),
        },
      },
      { parent: this, dependsOn: opts.dependsOn },
    );
    const data = pulumi
      .all([object.id, home.namespace])
      .apply(([, namespace]) => secretData(namespace, secret, context));
    this.values = Object.fromEntries(
      Object.keys(keys).map((key) => [key, pulumi.secret(data.apply((all) => all[key] ?? ""))]),
    );
    this.registerOutputs({ secret, keys: Object.keys(keys) });
  }
}

/** The data of a Secret as the cluster has it now, through kubectl. */
async function secretData(
  namespace: string,
  name: string,
  context?: string,
): Promise<Readonly<Record<string, string>>> {
  const at = ["--namespace", namespace, ...(context ? ["--context", context] : [])];
  const { stdout } = await promisify(execFile)("kubectl", ["get", "secret", name, "--output=json", ...at]);
  return JSON.parse(stdout).data ?? {};
}
