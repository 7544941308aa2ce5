import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/** The values of Secret objects: by the object's name, then by key. */
export type SecretValues = Readonly<Record<string, Readonly<Record<string, pulumi.Output<string>>>>>;

/**
 * Digests of secret values, for the pod templates that read them: a changed value rolls its readers and nobody else.
 * The digest is keyed with a generated secret of the system, because the plain hash of a short value can be guessed.
 */
export class SecretDigest {
  constructor(
    private readonly key: pulumi.Output<string>,
    private readonly values: SecretValues,
  ) {}

  /** The same, with other values of these Secret objects. */
  with(values: SecretValues): SecretDigest {
    return new SecretDigest(this.key, { ...this.values, ...values });
  }

  /** The digest of the given keys, in a stable order; undefined where nothing is read. A key without a value counts as empty. */
  digest(references: readonly { name: string; key: string }[]): pulumi.Output<string> | undefined {
    if (references.length === 0) return undefined;
    const sorted = [...references].sort((a, b) => `${a.name}/${a.key}`.localeCompare(`${b.name}/${b.key}`));
    const read = sorted.map(({ name, key }) => this.values[name]?.[key] ?? "");
    const digest = pulumi
      .all([this.key, pulumi.all(read)])
      .apply(([key, values]) =>
        createHmac("sha256", key).update(JSON.stringify(values)).digest("hex").slice(0, 16),
      );
    return pulumi.unsecret(digest);
  }
}
