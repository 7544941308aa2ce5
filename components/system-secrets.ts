import * as pulumi from "@pulumi/pulumi";
import type { SystemGraph } from "./declaration";
import { ExternalSecret, externalKeys } from "./external-secret";
import { generatedPassword } from "./generated-password";
import type { ObjectHooks } from "./hooks";
import { resourceName, type SystemInstance } from "./labels";
import { onepasswordValues } from "./onepassword-item";
import { loginPrefix } from "./postgresql-passwords";
import { Secret } from "./secret";
import { SecretDigest } from "./secret-digest";
import type { SecretSources } from "./secret-sources";
import { type OperatorAddresses, SecretStore, storeNames } from "./secret-store";

interface SystemSecretsArgs {
  readonly system: SystemInstance;
  readonly declared: SystemGraph;
  readonly secrets: SecretSources;
  readonly externalSecretsApi?: string;
  readonly operatorAddresses?: OperatorAddresses;
  readonly hooks?: ObjectHooks;
  /** The Secrets of its servers. What is composed of their passwords comes after them: a pod may read it at any time. */
  readonly credentials: Promise<pulumi.Resource[]>;
}

interface SystemSecrets {
  /** The password of each Redis and PostgreSQL, by its name. */
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;
  /** The login of each PostgreSQL, by its name. */
  readonly logins: Readonly<Record<string, pulumi.Output<string>>>;
  readonly digest: SecretDigest;
  /** What has to be there before a pod reads it. */
  readonly resources: readonly pulumi.Resource[];
}

/** The Secrets of a system, with values from wherever they come. */
export function systemSecrets(args: SystemSecretsArgs, parent: pulumi.Resource): SystemSecrets {
  const { system, declared } = args;
  const generate = (name: string, length?: number) =>
    generatedPassword(resourceName(system, name), { length }, { parent });
  const supplied = suppliedValues(args, generate, parent);
  const passwords = Object.fromEntries(
    declared.workloads.flatMap((server) => {
      if (server.kind !== "redis" && server.kind !== "postgresql") return [];
      const own = server.ownPassword && supplied[server.ownPassword];
      return [[server.name, own ? pulumi.secret(own) : generate(server.name)]];
    }),
  );
  const key = generate("digest-key");
  const logins = Object.fromEntries(
    declared.workloads.flatMap((server) =>
      server.kind === "postgresql"
        ? [
            [
              server.name,
              login(resourceName(system, server.name), server.user, passwords[server.name]!, key, parent),
            ],
          ]
        : [],
    ),
  );
  const stores = secretStores(args, supplied, parent);
  const secrets = declared.secrets.map(
    (secret) =>
      new Secret(
        resourceName(system, secret.name),
        { system, declared: secret, supplied, passwords, logins },
        { parent, dependsOn: args.credentials },
      ),
  );
  const external = externalSecrets(args, stores, secrets, parent);
  const digest = new SecretDigest(key, {
    ...Object.fromEntries(secrets.map(({ name, values }) => [name, values])),
    ...Object.fromEntries(Object.entries(passwords).map(([name, password]) => [name, { password }])),
  });
  return { passwords, logins, digest, resources: [...secrets, ...external] };
}

/**
 * The login of a PostgreSQL that its password is of: for the first password the owner itself, for each later one a role
 * that is named after it, so that the one before stays valid until its readers have another.
 */
function login(
  name: string,
  owner: string,
  password: pulumi.Output<string>,
  key: pulumi.Output<string>,
  parent: pulumi.Resource,
): pulumi.Output<string> {
  const digest = new SecretDigest(key, { server: { password } }).digest([
    { name: "server", key: "password" },
  ])!;
  const first = new pulumi.Stash(`${name}-first-password`, { input: digest }, { parent }).output;
  return pulumi
    .all([digest, first])
    .apply(([now, first]) => (now === first ? owner : `${loginPrefix(owner)}${now.slice(0, 8)}`));
}

type Values = Readonly<Record<string, pulumi.Input<string>>>;

/** The values that the operator supplies, or that stand for them, by the name that they are supplied under. */
function suppliedValues(
  { secrets: { values, missing, generated, onepassword } }: SystemSecretsArgs,
  generate: (name: string, length?: number) => pulumi.Output<string>,
  parent: pulumi.Resource,
): Values {
  return {
    ...values,
    ...(missing.length > 0 ? placeholders(missing, generate("placeholder"), parent) : {}),
    ...Object.fromEntries(Object.entries(generated).map(([key, length]) => [key, generate(key, length)])),
    ...(onepassword && onepasswordValues(onepassword.vault, onepassword.keys)),
  };
}

function placeholders(
  missing: readonly string[],
  unique: pulumi.Output<string>,
  parent: pulumi.Resource,
): Values {
  pulumi.log.info(`placeholders stand for secrets without a value: ${missing.join(", ")}`, parent);
  return Object.fromEntries(missing.map((key) => [key, pulumi.interpolate`placeholder-${key}-${unique}`]));
}

/** The stores that the External Secrets Operator reads, by what they are called in the sources; none where it brings nothing. */
function secretStores(
  { system, secrets: { external }, externalSecretsApi: apiVersion, operatorAddresses }: SystemSecretsArgs,
  supplied: Values,
  parent: pulumi.Resource,
): Record<string, SecretStore> {
  if (!external) return {};
  const stored = Object.values(external.keys);
  // To RBAC a list of no names is every name: a store that no key is in is not made.
  const used = storeNames.filter((name) => stored.some(({ store }) => store === name));
  const made = used.map((store, index) => {
    const suffix = index > 0 ? store : undefined;
    const items = [...new Set(stored.filter((each) => each.store === store).map(({ item }) => item))];
    const token =
      external.token && store !== "kubernetes" ? pulumi.secret(supplied[external.token]!) : undefined;
    const declared = { [store]: external.store[store] };
    const name = resourceName(system, suffix ? `secret-store-${suffix}` : "secret-store");
    const args = { system, declared, suffix, items, token, apiVersion, operatorAddresses };
    return [store, new SecretStore(name, args, { parent })] as const;
  });
  return Object.fromEntries(made);
}

/** The keys that the operator brings into each of the Secrets. */
function externalSecrets(
  { system, declared, secrets: { external }, externalSecretsApi: apiVersion, hooks }: SystemSecretsArgs,
  made: Readonly<Record<string, SecretStore>>,
  secrets: readonly Secret[],
  parent: pulumi.Resource,
): ExternalSecret[] {
  if (!external) return [];
  const { refreshInterval } = external;
  const stores = Object.fromEntries(Object.entries(made).map(([name, store]) => [name, store.name]));
  return declared.secrets.flatMap((secret, index) => {
    const keys = externalKeys(secret, external.keys);
    if (Object.keys(keys).length === 0) return [];
    return new ExternalSecret(
      resourceName(system, secret.name),
      { system, secret: secret.name, keys, stores, refreshInterval, apiVersion, hooks },
      { parent, dependsOn: [...Object.values(made), secrets[index]!] },
    );
  });
}
