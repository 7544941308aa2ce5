import { apiextensions, core, rbac } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { type Home, labels, resourceName } from "./labels";

/** Where the External Secrets Operator reads: exactly one of three. */
export interface StoreDeclaration {
  /** Secrets of another namespace. */
  readonly kubernetes?: { readonly namespace: string };
  /** A vault of 1Password, through a Connect server. */
  readonly onepasswordConnect?: { readonly host: string; readonly vault: string };
  /** A vault of 1Password, with a service account. */
  readonly onepasswordServiceAccount?: { readonly vault: string };
}

export interface SecretStoreArgs {
  readonly declared: StoreDeclaration;
  /** What is read: Secrets or items, by name. */
  readonly items: readonly string[];
  /** The credentials of 1Password. */
  readonly token?: pulumi.Output<string>;
  /** `external-secrets.io/v1`, or the version that the cluster has. */
  readonly apiVersion: string;
  /** Addresses for an operator that is no pod, as on a local cluster: of the API server, and of the Connect server. Default: those for pods. */
  readonly beyondPods?: { readonly apiServer?: string; readonly connect?: string };
}

/** A SecretStore of the namespace, which no other namespace can use, with no more rights than it needs. */
export class SecretStore extends pulumi.ComponentResource {
  readonly name = "secrets";

  constructor(home: Home, args: SecretStoreArgs, opts: pulumi.ComponentResourceOptions) {
    const name = resourceName(home, "secret-store");
    super("muster:index:SecretStore", name, {}, opts);
    const { kubernetes, onepasswordConnect, onepasswordServiceAccount } = args.declared;
    const { apiServer, connect } = args.beyondPods ?? {};
    const metadata = (of: string) => ({
      name: of,
      namespace: home.namespace,
      labels: labels(home, { name: "secret-store" }),
    });
    const dependsOn: pulumi.Resource[] = [];
    let provider: object;
    if (kubernetes) {
      dependsOn.push(...reader(home, kubernetes.namespace, args.items, metadata("secret-store"), this));
      provider = {
        kubernetes: {
          remoteNamespace: kubernetes.namespace,
          server: {
            ...(apiServer && { url: apiServer }),
            caProvider: { type: "ConfigMap", name: "kube-root-ca.crt", key: "ca.crt" },
          },
          auth: { serviceAccount: { name: "secret-store" } },
        },
      };
    } else {
      const token = new core.v1.Secret(
        name,
        { metadata: metadata("secret-store"), type: "Opaque", stringData: { token: args.token! } },
        { parent: this },
      );
      dependsOn.push(token);
      const reference = { name: "secret-store", key: "token" };
      provider = onepasswordConnect
        ? {
            onepassword: {
              connectHost: connect ?? onepasswordConnect.host,
              vaults: { [onepasswordConnect.vault]: 1 },
              auth: { secretRef: { connectTokenSecretRef: reference } },
            },
          }
        : {
            onepasswordSDK: {
              vault: onepasswordServiceAccount!.vault,
              auth: { serviceAccountSecretRef: reference },
            },
          };
    }
    new apiextensions.CustomResource(
      name,
      {
        apiVersion: args.apiVersion,
        kind: "SecretStore",
        metadata: { ...metadata(this.name), annotations: untilReady },
        spec: { provider },
      },
      { parent: this, dependsOn, aliases: ofOlderApi("SecretStore") },
    );
    this.registerOutputs({ name: this.name });
  }
}

/** Waits for the operator's own word, which comes within seconds. */
export const untilReady = { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "60" };

/** So that it is the same object when the cluster comes to serve v1: as another, it would be made and then deleted. */
export function ofOlderApi(kind: string): pulumi.Alias[] {
  return [{ type: `kubernetes:external-secrets.io/v1beta1:${kind}` }];
}

/** The account that reads the named Secrets of the other namespace, and nothing else anywhere. */
function reader(
  home: Home,
  namespace: string,
  secrets: readonly string[],
  metadata: { name: string; namespace: pulumi.Input<string>; labels: Record<string, string> },
  parent: pulumi.Resource,
): pulumi.Resource[] {
  const account = new core.v1.ServiceAccount(
    resourceName(home, "secret-store"),
    { metadata, automountServiceAccountToken: false },
    { parent },
  );
  // Named by the system too: others may read other Secrets of that namespace.
  const there = { ...metadata, name: `${home.system}-${home.stack}-secret-store`, namespace };
  const role = new rbac.v1.Role(
    resourceName(home, "secret-store"),
    {
      metadata: there,
      rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames: [...secrets], verbs: ["get"] }],
    },
    { parent },
  );
  const binding = new rbac.v1.RoleBinding(
    resourceName(home, "secret-store"),
    {
      metadata: there,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role.metadata.name },
      subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace: home.namespace }],
    },
    { parent },
  );
  return [account, binding];
}
