import type { StoredAt } from "./external-secret";
import type { StoreDeclaration } from "./secret-store";

/** Where the values of a system's secrets come from, key by key. */
export interface SecretSources {
  /** Values that the operator supplies, in plain text. */
  readonly values: Readonly<Record<string, string>>;
  /** Keys without a value, for which a placeholder is made: on the local cluster only. */
  readonly missing: readonly string[];
  /** Keys of which any value would do, and how long it is. */
  readonly generated: Readonly<Record<string, number>>;
  /** Keys that Pulumi reads in 1Password. */
  readonly onepassword?: { readonly vault: string; readonly keys: Readonly<Record<string, StoredAt>> };
  /** Keys that the External Secrets Operator brings. */
  readonly external?: ExternalSource;
}

export interface ExternalSource {
  /** The stores: of 1Password at most one. */
  readonly store: StoreDeclaration;
  readonly refreshInterval: string;
  /** The image of the CronJob that rolls what reads a changed Secret. */
  readonly kubectlImage: string;
  /** Each says which of the stores it is in. */
  readonly keys: Readonly<Record<string, StoredAt & { readonly store: keyof StoreDeclaration }>>;
  /** The key that holds the credentials of the store. */
  readonly token?: string;
}
