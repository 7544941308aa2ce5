import { setTimeout } from "node:timers/promises";
import type { DeclaredObject } from "../../cluster/comparison/declared-objects";
import type { ReachedCluster } from "../../cluster/connect";
import { pathOf } from "../../cluster/kinds";
import { kubernetes } from "../harness/kubernetes";
import { configOf } from "../unit/shipped-stack";
import { declaredOf, usersCluster } from "./declared-on-cluster";

export const api = kubernetes();
export const namespace = "/api/v1/namespaces/thebot";

/** The objects of thebot as in prod, of which the test cluster has some. */
export interface ThebotInPart {
  readonly declared: readonly DeclaredObject[];
  readonly cluster: ReachedCluster;
  /** Makes some of them, as Pulumi would. */
  readonly make: (which: (manifest: DeclaredObject["manifest"]) => boolean) => Promise<void>;
}

/** At first, its namespace alone is there. */
export async function thebotInPart(): Promise<ThebotInPart> {
  const cluster = { ...(await usersCluster()), isLocal: true };
  const declared = (await declaredOf(configOf("prod"))).filter(({ manifest: { kind, metadata } }) =>
    kind === "Namespace" ? metadata.name === "thebot" : metadata.namespace === "thebot",
  );
  const make: ThebotInPart["make"] = async (which) => {
    for (const { manifest } of declared.filter((each) => which(each.manifest)))
      await api.apply(pathOf(cluster.kinds, manifest)!, manifest, { manager: "pulumi-kubernetes-test" });
  };
  // Another test may have left it a moment ago.
  while (await api.find(namespace)) await setTimeout(100);
  await make(({ kind }) => kind === "Namespace");
  return { declared, cluster, make };
}
