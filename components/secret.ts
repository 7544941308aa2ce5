import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labels, type SystemInstance } from "./labels";

/** A value that the operator supplies, or one that Muster composes of a password. */
export type SecretKeyDeclaration = SuppliedKey | PasswordKey;

/** A value that the operator supplies. */
export interface SuppliedKey {
  /** A required key without a value is an error; an optional one is left out of the Secret. */
  readonly required: boolean;
  /** What needs it, in words: it ends the sentence "needed by …". */
  readonly neededBy: string;
  /** The name under which the operator supplies it. Default: the key's own. */
  readonly from?: string;
}

/** The password of a Redis or PostgreSQL: alone, or in a text such as its URL (`redisUrl`, `postgresqlUrl`). */
export interface PasswordKey {
  readonly passwordOf: PasswordOwner;
  /** What stands around it. Default: nothing. */
  readonly text?: TextAround;
}

/** What has a password: generated where it runs in the system, supplied by the operator where it is managed. */
export type PasswordOwner = { readonly name: string } | { readonly passwordKey: string };

/** A text with a password in it. */
export interface TextAround {
  readonly before: string;
  readonly after: string;
  /** The server whose login stands before the password, with a colon. Default: none does. */
  readonly loginOf?: string;
  /** Whether it is a URL, in which the password is percent-encoded. */
  readonly url: boolean;
}

/** One Secret object and the keys that it holds. */
export interface SecretDeclaration {
  /** Name of the Secret. */
  readonly name: string;
  readonly keys: Readonly<Record<string, SecretKeyDeclaration>>;
}

export interface SecretArgs {
  readonly system: SystemInstance;
  readonly declared: SecretDeclaration;
  /** The values that the operator supplied, by the name that they were supplied under. */
  readonly supplied: Readonly<Record<string, pulumi.Input<string>>>;
  /** The password of each Redis and PostgreSQL, by its name. */
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;
  /** The login of each PostgreSQL, by its name. */
  readonly logins: Readonly<Record<string, pulumi.Output<string>>>;
}

/** A Secret object. Its values are secret in Pulumi's state and output from the start to the end. */
export class Secret extends pulumi.ComponentResource {
  /** Name of the object. */
  readonly name: string;
  /** The values by key, as secrets: workloads that read one carry a digest of it. */
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: SecretArgs, opts?: pulumi.ComponentResourceOptions) {
    super("muster:index:Secret", name, {}, opts);
    const { system, declared } = args;
    this.name = declared.name;
    this.values = valuesOf(args);
    const keys = Object.keys(this.values);
    new core.v1.Secret(
      name,
      {
        metadata: { name: declared.name, namespace: system.namespace, labels: labels(system, declared) },
        type: "Opaque",
        // An empty mapping is no field to the API server, and would be a change at every run.
        ...(keys.length > 0 ? { stringData: { ...this.values } } : {}),
      },
      { parent: this },
    );
    this.registerOutputs({ name: declared.name, keys });
  }
}

/** The values that Pulumi knows; the others are brought by the External Secrets Operator. */
function valuesOf({
  declared,
  supplied,
  passwords,
  logins,
}: SecretArgs): Record<string, pulumi.Output<string>> {
  const values: Record<string, pulumi.Output<string>> = {};
  for (const [key, value] of Object.entries(declared.keys)) {
    const { from, text } = originOf(key, value);
    const given = "password" in from ? passwords[from.password] : supplied[from.supplied];
    if (given === undefined) continue;
    const known = pulumi.secret(given);
    const login = text?.loginOf && logins[text.loginOf];
    values[key] = text
      ? pulumi.all([known, login]).apply(([password, login]) => composed(text, password, login))
      : known;
  }
  return values;
}

/** Where a value comes from, and what stands around it where it is part of a longer text. */
export interface Origin {
  /** A name under which the operator supplies it, or the Redis or PostgreSQL that it is the password of. */
  readonly from: { readonly supplied: string } | { readonly password: string };
  readonly text?: TextAround;
}

export function originOf(key: string, value: SecretKeyDeclaration): Origin {
  if ("required" in value) return { from: { supplied: value.from ?? key } };
  const { passwordOf: owner, text } = value;
  const from = "passwordKey" in owner ? { supplied: owner.passwordKey } : { password: owner.name };
  return { from, text };
}

/** The text with its password. */
export function composed({ before, after, url }: TextAround, password: string, login?: string): string {
  return `${before}${login ? `${login}:` : ""}${url ? encodeURIComponent(password) : password}${after}`;
}
