import { apiextensions } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { ObjectHooks } from "./hooks";
import { labels, type SystemInstance } from "./labels";
import { originOf, type SecretDeclaration } from "./secret";
import { newestApi, ofOlderApi, untilReady } from "./secret-store";

export interface ExternalSecretArgs {
  readonly system: SystemInstance;
  /** Name of the Secret that it writes into. */
  readonly secret: string;
  /** Keys of that Secret. */
  readonly keys: ExternalKeys;
  /** Name of each SecretStore, by what it is called in the sources of secrets. The first is that of most keys. */
  readonly stores: Readonly<Record<string, string>>;
  readonly refreshInterval: string;
  /** The version of the operator's API that the cluster has. Default: `external-secrets.io/v1`. */
  readonly apiVersion?: string;
  readonly hooks?: ObjectHooks;
}

/** Where a value is in the store. */
export interface StoredAt {
  readonly item: string;
  readonly field: string;
  /** Of several stores, the one that it is in. */
  readonly store?: string;
}

/** What the operator makes of a value in the store. */
interface ExternalKey extends StoredAt {
  /** What the value is called in the template. */
  readonly name: string;
  /** In the language of the operator's templates. */
  readonly template: string;
}

type ExternalKeys = Readonly<Record<string, ExternalKey>>;

/**
 * Keys of a Secret that the External Secrets Operator brings and keeps current. Where the store does not answer, or
 * lacks a key, the Secret stays as it is.
 */
export class ExternalSecret extends pulumi.ComponentResource {
  constructor(name: string, args: ExternalSecretArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("muster:index:ExternalSecret", name, {}, opts);
    const { system, secret, keys, stores, refreshInterval, apiVersion = newestApi, hooks } = args;
    const used = [...new Set(Object.values(keys).map(({ store }) => stores[store ?? ""]))];
    const [most = Object.values(stores)[0]!] = used;
    const inStore = (store?: string) => {
      const own = store && stores[store];
      return own && own !== most ? { sourceRef: { storeRef: { kind: "SecretStore", name: own } } } : {};
    };
    new apiextensions.CustomResource(
      name,
      {
        apiVersion,
        kind: "ExternalSecret",
        metadata: {
          name: secret,
          namespace: system.namespace,
          labels: labels(system, { name: secret }),
          annotations: untilReady,
        },
        spec: {
          secretStoreRef: { kind: "SecretStore", name: most },
          refreshInterval,
          // Into the Secret that is there, which holds what Muster composes beside it.
          target: {
            name: secret,
            creationPolicy: "Merge",
            deletionPolicy: "Retain",
            // Without a template the operator copies the annotations above, which Pulumi would heed on the Secret too.
            template: {
              engineVersion: "v2",
              data: Object.fromEntries(Object.entries(keys).map(([key, { template }]) => [key, template])),
            },
          },
          data: [...new Map(Object.values(keys).map((each) => [each.name, each])).values()].map(
            ({ name, item, field, store }) => ({
              secretKey: name,
              remoteRef: { key: item, property: field },
              ...inStore(store),
            }),
          ),
        },
      },
      {
        parent: this,
        dependsOn: opts.dependsOn,
        hooks: hooks?.externalSecret,
        aliases: ofOlderApi("ExternalSecret"),
      },
    );
    this.registerOutputs({ secret, keys: Object.keys(keys) });
  }
}

/** The keys of a Secret that are made of what is in the store. */
export function externalKeys(
  { keys }: SecretDeclaration,
  inStore: Readonly<Record<string, StoredAt>>,
): ExternalKeys {
  const found = Object.entries(keys).flatMap(([key, value]) => {
    const { from, text } = originOf(key, value);
    if (!("supplied" in from)) return [];
    const name = from.supplied;
    const at = inStore[name];
    if (!at) return [];
    // As a query, text has a plus for each space; as a part of a URL, %20.
    const encoded = text?.url ? ` | urlquery | replace "+" "%20"` : "";
    const template = `${text?.before ?? ""}{{ index . "${name}"${encoded} }}${text?.after ?? ""}`;
    return [[key, { name, template, ...at }] as const];
  });
  return Object.fromEntries(found);
}
