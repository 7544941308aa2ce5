import type { KubernetesObject } from "../api-server";
import type { DeclaredObject } from "./declared-objects";
import { listed, title } from "./in-words";
import type { LiveObjects, Place } from "./live-objects";
import { systemOf } from "./needs";

/** A server with a volume that a system has, and that is not declared any more: the update removes it. */
export interface LeftServer {
  readonly live: KubernetesObject;
  /** Its claims, which stay. */
  readonly claims: readonly string[];
  /** Whether config says that it is meant. */
  readonly isMeant: boolean;
}

/** Names the servers that each system may leave, by system. */
export type Leaves = Readonly<Record<string, readonly string[] | undefined>>;

const STATEFUL_SET = { apiVersion: "apps/v1", kind: "StatefulSet" };

export function serverPlaces(declared: readonly DeclaredObject[]): Place[] {
  return namespacesOf(declared).map(({ metadata: { name: namespace } }) => ({ ...STATEFUL_SET, namespace }));
}

export function leftServers(
  declared: readonly DeclaredObject[],
  live: LiveObjects,
  leaves: Leaves,
): LeftServer[] {
  return namespacesOf(declared).flatMap((owner) => {
    const namespace = owner.metadata.name;
    const isDeclared = (name: string) =>
      declared.some(
        ({ manifest: { kind, metadata } }) =>
          kind === "StatefulSet" && metadata.namespace === namespace && metadata.name === name,
      );
    return live
      .all({ ...STATEFUL_SET, namespace })
      .filter((each) => isOfSystem(each, owner) && !isDeclared(each.metadata.name))
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map((each) => {
        const templates: readonly KubernetesObject[] = each.spec.volumeClaimTemplates ?? [];
        return {
          live: each,
          claims: templates.map(({ metadata }) => `${metadata.name}-${each.metadata.name}-0`),
          isMeant: leaves[systemOf(owner)]?.includes(each.metadata.name) ?? false,
        };
      });
  });
}

export function namespacesOf(declared: readonly DeclaredObject[]): KubernetesObject[] {
  return declared.flatMap(({ manifest }) => (manifest.kind === "Namespace" ? manifest : []));
}

/** Whether its labels are those of the system that the namespace is of, in this stack. */
export function isOfSystem({ metadata }: KubernetesObject, owner: KubernetesObject): boolean {
  return ["managed-by", "instance", "part-of"].every((name) => {
    const label = `app.kubernetes.io/${name}`;
    return metadata.labels?.[label] === owner.metadata.labels?.[label];
  });
}

export function leftServersInWords(all: readonly LeftServer[]): string | undefined {
  if (all.length === 0) return undefined;
  return listed(
    "What takes the place of these starts empty:",
    all.flatMap(({ live, claims, isMeant }) => [
      `${title(live)} is removed; ${claims.join(", ") || "its volume"} stays, with its data, and is used again on the way back`,
      ...(isMeant
        ? []
        : [
            "    to keep it: declare it again in the stack's file",
            `    to leave it: pulumi config set --path 'muster:${systemOf(live)}.leaves[0]' ${live.metadata.name}`,
          ]),
    ]),
  );
}
