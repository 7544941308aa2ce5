import * as pulumi from "@pulumi/pulumi";
import type { Workload } from "./declaration";
import type { ObjectHooks } from "./hooks";
import { resourceName, type SystemInstance } from "./labels";
import { isPod, secretsOf } from "./pod-sources";
import { type PodDeclaration, secretsRead } from "./pod-template";
import { originOf } from "./secret";
import type { SecretDigest } from "./secret-digest";

/** The password of a server, and who has started with it. */
export interface PasswordInUse {
  readonly namespace: string;
  /** Name of the server's Secret. */
  readonly secret: string;
  readonly kind: "redis" | "postgresql";
  /** Its digest. */
  readonly password: string;
  /** The digest of all secrets of each workload that reads it, by `app.kubernetes.io/component`. */
  readonly readers: Readonly<Record<string, string>>;
}

interface PasswordsInUseArgs {
  readonly system: SystemInstance;
  /** All that it runs, exporters too. */
  readonly workloads: readonly Workload[];
  readonly secretDigest: SecretDigest;
  /** The workloads that are made, by name. */
  readonly started: ReadonlyMap<string, pulumi.Resource>;
  readonly hooks?: ObjectHooks;
}

/** Remembers of each server which password its readers have: when that changes, all of them have been rolled. */
export function passwordsInUse(args: PasswordsInUseArgs, parent: pulumi.Resource): void {
  const { system, workloads, secretDigest, started, hooks } = args;
  for (const server of workloads) {
    if (server.kind !== "redis" && server.kind !== "postgresql") continue;
    const readers = readersOf(server, workloads);
    const digests = readers.map((pod) => [pod.component ?? pod.name, secretDigest.digest(secretsRead(pod))!]);
    const input: pulumi.Inputs = {
      namespace: system.namespace,
      secret: server.name,
      kind: server.kind,
      password: secretDigest.digest([{ name: server.name, key: "password" }]),
      readers: Object.fromEntries(digests),
    };
    const dependsOn = readers.flatMap(({ name }) => started.get(name) ?? []);
    const name = `${resourceName(system, server.name)}-password-in-use`;
    new pulumi.Stash(name, { input }, { parent, dependsOn, hooks: hooks?.passwordInUse });
  }
}

/** Whose pods read the password of a server when they start. */
function readersOf({ name: server }: Workload, workloads: readonly Workload[]): PodDeclaration[] {
  return workloads.filter(isPod).filter((pod) => {
    const composed = secretsOf(pod).flatMap(({ name, keys }) =>
      Object.entries(keys).flatMap(([key, value]) => {
        const { from } = originOf(key, value);
        return "password" in from && from.password === server ? [`${name}/${key}`] : [];
      }),
    );
    return secretsRead(pod).some(
      ({ name, key }) => (name === server && key === "password") || composed.includes(`${name}/${key}`),
    );
  });
}
