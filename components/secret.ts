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
  /** The same as the .NET library StackExchange.Redis writes it, which takes a URL for the name of a host. */
  | { readonly stackExchangeRedis: RedisWorkload | ManagedRedis; readonly database?: number }
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
    const values: Record<string, pulumi.Output<string>> = {};
    for (const [key, value] of Object.entries(declared.keys)) {
      const { from, text } = originOf(key, value);
      const given = "password" in from ? passwords[from.password] : supplied[from.supplied];
      // What is not given here, the External Secrets Operator brings.
      if (given === undefined) continue;
      const known = pulumi.secret(given);
      values[key] = text ? known.apply((password) => composed(text, password)) : known;
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

/** Where a value comes from, and what stands around it where it is part of a longer text. */
export interface Origin {
  /** A name under which the operator supplies it, or the Redis or PostgreSQL that it is the password of. */
  readonly from: { readonly supplied: string } | { readonly password: string };
  readonly text?: AroundPassword;
}

/** A text with a password in it. */
interface AroundPassword {
  readonly before: string;
  readonly after: string;
  /** Whether it is a URL, in which the password is percent-encoded. */
  readonly url: boolean;
}

/** The text with its password. */
export function composed({ before, after, url }: AroundPassword, password: string): string {
  return `${before}${url ? encodeURIComponent(password) : password}${after}`;
}

export function originOf(key: string, value: SecretKeyDeclaration): Origin {
  if ("required" in value) return { from: { supplied: value.from ?? key } };
  if ("passwordOf" in value) return { from: passwordOf(value.passwordOf) };
  if ("redisUrl" in value) {
    const { redisUrl: redis, database } = value;
    const scheme = isOverTls(redis) ? "rediss" : "redis";
    const path = database === undefined ? "" : `/${database}`;
    const text = { before: `${scheme}://:`, after: `@${hostOf(redis)}${path}`, url: true };
    return { from: passwordOf(redis), text };
  }
  if ("stackExchangeRedis" in value) {
    const { stackExchangeRedis: redis, database } = value;
    const tls = isOverTls(redis) ? ",ssl=true" : "";
    const number = database === undefined ? "" : `,defaultDatabase=${database}`;
    const text = { before: `${hostOf(redis)}${tls}${number},password=`, after: "", url: false };
    return { from: passwordOf(redis), text };
  }
  const { postgresqlUrl: postgresql } = value;
  const { user, database } = postgresql;
  const text = { before: `postgresql://${user}:`, after: `@${hostOf(postgresql)}/${database}`, url: true };
  return { from: passwordOf(postgresql), text };
}

function isOverTls(redis: RedisWorkload | ManagedRedis): boolean {
  return "server" in redis && redis.tls;
}

function passwordOf(owner: PasswordOwner): Origin["from"] {
  return "passwordKey" in owner ? { supplied: owner.passwordKey } : { password: owner.name };
}

function hostOf(server: PasswordOwner): string {
  return "server" in server ? `${server.host}:${server.port}` : address(server);
}
