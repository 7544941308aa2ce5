import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { address } from "./edge";
import { type Home, labels, resourceName } from "./labels";
import type { ManagedPostgresql, ManagedRedis } from "./managed";
import type { PostgresqlWorkload } from "./postgresql";
import type { RedisWorkload } from "./redis";

/** A value that the operator supplies, or one that Muster composes. */
export type SecretKeyDeclaration =
  | {
      /** A required key without a value is an error; an optional one is left out of the Secret. */
      readonly required: boolean;
      /** What needs it, in words: it ends the sentence "needed by …". */
      readonly neededBy: string;
      /** The name under which the operator supplies it. Default: the key's own. */
      readonly from?: string;
    }
  /** The URL of a Redis, password included; with `database`, that of one of its numbered databases. */
  | { readonly redisUrl: RedisWorkload | ManagedRedis; readonly database?: number }
  /** The URL of a PostgreSQL database, user and password included. */
  | { readonly postgresqlUrl: PostgresqlWorkload | ManagedPostgresql }
  /** The password alone. */
  | { readonly passwordOf: PasswordOwner };

/** What has a password: generated where it runs in the system, supplied where it is managed. */
type PasswordOwner = RedisWorkload | PostgresqlWorkload | ManagedRedis | ManagedPostgresql;

/** One Secret object and the keys that it holds. */
export interface SecretDeclaration {
  /** Name of the Secret. */
  readonly name: string;
  readonly keys: Readonly<Record<string, SecretKeyDeclaration>>;
}

export interface SecretArgs {
  readonly declared: SecretDeclaration;
  /** The values that the operator supplied, by key. */
  readonly supplied: Readonly<Record<string, pulumi.Input<string>>>;
  /** The generated password of each Redis and PostgreSQL, by its name. */
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;
}

/** A Secret object. Its values are secret in Pulumi's state and output from the start to the end. */
export class Secret extends pulumi.ComponentResource {
  /** The values by key, as secrets: workloads that read one carry a digest of it. */
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(
    home: Home,
    { declared, supplied, passwords }: SecretArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const name = resourceName(home, declared.name);
    super("muster:index:Secret", name, {}, opts);
    const passwordOf = (owner: PasswordOwner) =>
      "passwordKey" in owner ? pulumi.secret(supplied[owner.passwordKey]!) : passwords[owner.name]!;
    const values: Record<string, pulumi.Output<string>> = {};
    for (const [key, value] of Object.entries(declared.keys)) {
      if ("redisUrl" in value) {
        const { redisUrl: redis, database } = value;
        const scheme = "server" in redis && redis.tls ? "rediss" : "redis";
        const path = database === undefined ? "" : `/${database}`;
        values[key] = url(scheme, "", passwordOf(redis), hostOf(redis), path);
      } else if ("postgresqlUrl" in value) {
        const { user, database } = value.postgresqlUrl;
        const password = passwordOf(value.postgresqlUrl);
        values[key] = url("postgresql", user, password, hostOf(value.postgresqlUrl), `/${database}`);
      } else if ("passwordOf" in value) {
        values[key] = passwordOf(value.passwordOf);
      } else if (supplied[value.from ?? key] !== undefined) {
        values[key] = pulumi.secret(supplied[value.from ?? key]!);
      }
    }
    new core.v1.Secret(
      name,
      {
        metadata: { name: declared.name, namespace: home.namespace, labels: labels(home, declared) },
        type: "Opaque",
        // An empty mapping is no field to the API server, and would be a change at every run.
        ...(Object.keys(values).length > 0 ? { stringData: values } : {}),
      },
      { parent: this },
    );
    this.values = values;
    this.registerOutputs({ name: declared.name, keys: Object.keys(values) });
  }
}

function url(scheme: string, user: string, password: pulumi.Output<string>, host: string, path: string) {
  return pulumi.interpolate`${scheme}://${user}:${password.apply(encodeURIComponent)}@${host}${path}`;
}

function hostOf(server: PasswordOwner): string {
  return "server" in server ? `${server.host}:${server.port}` : address(server);
}
