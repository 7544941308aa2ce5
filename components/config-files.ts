import { createHash } from "node:crypto";
import { core } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labels, type SystemInstance } from "./labels";

/** Files that are not secret, by file name, as one ConfigMap. */
export interface ConfigFilesDeclaration {
  /** Name of the ConfigMap. */
  readonly name: string;
  /** Contents by file name. At most 1 MiB in all, as a ConfigMap holds. */
  readonly files: Readonly<Record<string, string>>;
}

export interface ConfigFilesArgs {
  readonly system: SystemInstance;
  readonly declared: ConfigFilesDeclaration;
}

/** A ConfigMap. Workloads that mount it carry the digest of its content, so that a change rolls them and no others. */
export class ConfigFiles extends pulumi.ComponentResource {
  constructor(name: string, { system, declared }: ConfigFilesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("muster:index:ConfigFiles", name, {}, opts);
    new core.v1.ConfigMap(
      name,
      {
        metadata: { name: declared.name, namespace: system.namespace, labels: labels(system, declared) },
        data: { ...declared.files },
      },
      { parent: this },
    );
    this.registerOutputs({ name: declared.name });
  }
}

/** A short digest of the files, known at preview. */
export function filesDigest(all: readonly ConfigFilesDeclaration[]): string {
  return createHash("sha256")
    .update(JSON.stringify(all.map((each) => each.files)))
    .digest("hex")
    .slice(0, 16);
}
