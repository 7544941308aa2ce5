import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { address, type Endpoint } from "./edge";
import { type Home, labels, resourceName } from "./labels";

/** A value that the operator supplies, or one that Muster composes. */
export type SecretKeyDeclaration =
  | {
      /** A required key without a value is an error; an optional one is left out of the Secret. */
      readonly required: boolean;
      /** What needs it, in words: it ends the sentence "needed by …". */
      readonly neededBy: string;
    }
  | { readonly redisUrl: Endpoint };

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
  /** The generated password of each Redis, by its name. */
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
      if ("redisUrl" in value) {
        values[key] =
          pulumi.interpolate`redis://:${passwords[value.redisUrl.name]!}@${address(value.redisUrl)}`;
      } else if (supplied[key] !== undefined) {
        values[key] = pulumi.secret(supplied[key]!);
      }
    }
    new core.v1.Secret(
      name,
      {
        metadata: { name: declared.name, namespace: home.namespace, labels: labels(home, declared.name) },
        type: "Opaque",
        stringData: values,
      },
      { parent: this },
    );
    this.values = values;
    this.registerOutputs({ name: declared.name, keys: Object.keys(values) });
  }
}
