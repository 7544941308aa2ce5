import { apiextensions } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Home, labels, resourceName } from "./labels";
import type { SecretDeclaration } from "./secret";
import { ofOlderApi, untilReady } from "./secret-store";

export interface ExternalSecretArgs {
  /** Name of the Secret that it writes into. */
  readonly secret: string;
  /** Keys of that Secret, and where each is in the store. */
  readonly keys: Readonly<Record<string, { readonly item: string; readonly field: string }>>;
  /** Name of the SecretStore. */
  readonly store: string;
  readonly refreshInterval: string;
  readonly apiVersion: string;
  /** Waits until the operator has come to it. */
  readonly settled: pulumi.ResourceHook;
}

/**
 * Keys of a Secret that the External Secrets Operator brings and keeps current. Where the store does not answer, or
 * lacks a key, the Secret stays as it is.
 */
export class ExternalSecret extends pulumi.ComponentResource {
  constructor(home: Home, args: ExternalSecretArgs, opts: pulumi.ComponentResourceOptions) {
    const name = resourceName(home, args.secret);
    super("muster:index:ExternalSecret", name, {}, opts);
    const { secret, keys, store, refreshInterval, apiVersion, settled } = args;
    new apiextensions.CustomResource(
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
          target: {
            name: secret,
            creationPolicy: "Merge",
            deletionPolicy: "Retain",
            // Without a template the operator copies the annotations above, which Pulumi would heed on the Secret too.
            template: { engineVersion: "v2" },
          },
          data: Object.entries(keys).map(([secretKey, { item, field }]) => ({
            secretKey,
            remoteRef: { key: item, property: field },
          })),
        },
      },
      {
        parent: this,
        dependsOn: opts.dependsOn,
        hooks: { afterCreate: [settled], afterUpdate: [settled] },
        aliases: ofOlderApi("ExternalSecret"),
      },
    );
    this.registerOutputs({ secret, keys: Object.keys(keys) });
  }
}

/** The keys of a Secret that come from the store, of all that come from there. */
export function externalKeys(
  { keys }: SecretDeclaration,
  inStore: ExternalSecretArgs["keys"],
): ExternalSecretArgs["keys"] {
  const found = Object.entries(keys).flatMap(([key, value]) => {
    const at = "required" in value ? inStore[value.from ?? key] : undefined;
    return at ? [[key, at] as const] : [];
  });
  return Object.fromEntries(found);
}
