import { createHmac } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";

/**
 * Digests of secret values, for the pod templates that read them: a changed value rolls its readers and nobody else.
 * The digest is keyed with a generated secret of the system, because the plain hash of a short value can be guessed.
 */
export class SecretDigest {
  private readonly values = new Map<string, Readonly<Record<string, pulumi.Output<string>>>>();

  constructor(private readonly key: pulumi.Output<string>) {}

  /** Makes the values of a Secret object known by its name. */
  add(secret: string, values: Readonly<Record<string, pulumi.Output<string>>>): void {
    this.values.set(secret, values);
  }

  /** The digest of the given keys, in a stable order; undefined where nothing is read. A key without a value counts as empty. */
  of(references: readonly { name: string; key: string }[]): pulumi.Output<string> | undefined {
    if (references.length === 0) return undefined;
    const sorted = [...references].sort((a, b) => `${a.name}/${a.key}`.localeCompare(`${b.name}/${b.key}`));
    const read = sorted.map(({ name, key }) => this.values.get(name)?.[key] ?? "");
    const digest = pulumi
      .all([this.key, pulumi.all(read)])
      .apply(([key, values]) =>
        createHmac("sha256", key).update(JSON.stringify(values)).digest("hex").slice(0, 16),
      );
    return pulumi.unsecret(digest);
  }
}
