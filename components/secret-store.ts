import { apiextensions, core, rbac } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labels, type SystemInstance } from "./labels";
import { serviceAccount } from "./service-account";

/** Where the External Secrets Operator reads: a SecretStore is of exactly one of them. */
export interface StoreDeclaration {
  /** Secrets of another namespace. */
  readonly kubernetes?: { readonly namespace: string };
  /** A vault of 1Password, through a Connect server. */
  readonly onepasswordConnect?: { readonly host: string; readonly vault: string };
  /** A vault of 1Password, with a service account. */
  readonly onepasswordServiceAccount?: { readonly vault: string };
}

/** In the order in which the first of those that a system has is its usual one. */
export const storeNames = ["onepasswordConnect", "onepasswordServiceAccount", "kubernetes"] as const;

export interface SecretStoreArgs {
  readonly system: SystemInstance;
  readonly declared: StoreDeclaration;
  /** What tells it from another store of the system. Default: it is the only one, or the first. */
  readonly suffix?: string;
  /** What is read: Secrets or items, by name. */
  readonly items: readonly string[];
  /** The credentials of 1Password. */
  readonly token?: pulumi.Output<string>;
  /** The version of the operator's API that the cluster has. Default: `external-secrets.io/v1`. */
  readonly apiVersion?: string;
  /** Where the operator finds others, when it is no pod. Default: under the addresses for pods. */
  readonly operatorAddresses?: OperatorAddresses;
}

/** Addresses for an operator that runs beside the cluster, as it does for a local one. */
export interface OperatorAddresses {
  readonly apiServer?: string;
  /** Of 1Password's Connect server. */
  readonly connect?: string;
}

/** Names the account, or the Secret with the token, by which the store is read. */
function accessOf({ suffix }: Pick<SecretStoreArgs, "suffix">) {
  return { name: suffix ? `secret-store-${suffix}` : "secret-store" };
}

/** A SecretStore of the namespace, which no other namespace can use, with no more rights than it needs. */
export class SecretStore extends pulumi.ComponentResource {
  readonly name: string;

  constructor(name: string, args: SecretStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    super("muster:index:SecretStore", name, {}, opts);
    const { system, declared, suffix, apiVersion = newestApi } = args;
    this.name = suffix ? `secrets-${suffix}` : "secrets";
    const dependsOn = declared.kubernetes
      ? reader(name, declared.kubernetes.namespace, args, this)
      : [token(name, args, this)];
    new apiextensions.CustomResource(
      name,
      {
        apiVersion,
        kind: "SecretStore",
        metadata: {
          name: this.name,
          namespace: system.namespace,
          labels: labels(system, accessOf(args)),
          annotations: untilReady,
        },
        spec: { provider: provider(args) },
      },
      { parent: this, dependsOn, aliases: ofOlderApi("SecretStore") },
    );
    this.registerOutputs({ name: this.name });
  }
}

/** The newest version of the operator's API. */
export const newestApi = "external-secrets.io/v1";

/** Waits for the operator's own word, which comes within seconds. */
export const untilReady = { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "60" };

/** So that it is the same object when the cluster comes to serve v1: as another, it would be made and then deleted. */
export function ofOlderApi(kind: string): pulumi.Alias[] {
  return [{ type: `kubernetes:external-secrets.io/v1beta1:${kind}` }];
}

/** The store as the operator's SecretStore names it. */
function provider(args: SecretStoreArgs) {
  const { declared, operatorAddresses: { apiServer, connect } = {} } = args;
  const access = accessOf(args);
  const { kubernetes, onepasswordConnect, onepasswordServiceAccount } = declared;
  if (kubernetes)
    return {
      kubernetes: {
        remoteNamespace: kubernetes.namespace,
        server: {
          ...(apiServer && { url: apiServer }),
          caProvider: { type: "ConfigMap", name: "kube-root-ca.crt", key: "ca.crt" },
        },
        auth: { serviceAccount: access },
      },
    };
  const reference = { ...access, key: "token" };
  if (onepasswordConnect)
    return {
      onepassword: {
        connectHost: connect ?? onepasswordConnect.host,
        vaults: { [onepasswordConnect.vault]: 1 },
        auth: { secretRef: { connectTokenSecretRef: reference } },
      },
    };
  const { vault } = onepasswordServiceAccount!;
  return { onepasswordSDK: { vault, auth: { serviceAccountSecretRef: reference } } };
}

/** The Secret with the credentials of 1Password. */
function token(name: string, args: SecretStoreArgs, parent: pulumi.Resource): pulumi.Resource {
  const { system, token } = args;
  const access = accessOf(args);
  const metadata = { ...access, namespace: system.namespace, labels: labels(system, access) };
  return new core.v1.Secret(name, { metadata, type: "Opaque", stringData: { token: token! } }, { parent });
}

/** The account that reads the named Secrets of the other namespace, and nothing else anywhere. */
function reader(
  name: string,
  namespace: string,
  args: SecretStoreArgs,
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const { system, items } = args;
  const access = accessOf(args);
  const account = serviceAccount(name, { system, declared: access }, { parent });
  // Named by the system too: others may read other Secrets of that namespace.
  const metadata = {
    name: `${system.name}-${system.stack}-${access.name}`,
    namespace,
    labels: labels(system, access),
  };
  const role = new rbac.v1.Role(
    name,
    {
      metadata,
      rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames: [...items], verbs: ["get"] }],
    },
    { parent },
  );
  const binding = new rbac.v1.RoleBinding(
    name,
    {
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: access.name, namespace: system.namespace }],
    },
    { parent, dependsOn: [account, role] },
  );
  return [account, binding];
}
