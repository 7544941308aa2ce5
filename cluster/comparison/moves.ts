import { clusterMark } from "../../components/namespace";
import type { DeclaredObject, Found } from "./declared-objects";
import { listed } from "./in-words";
import { systemOf } from "./needs";
import type { Recorded } from "./record";

/** A system that leaves its namespace for another, or a stack its cluster: it starts empty there. */
export interface Move {
  /** What moves, and from what sort of place: `namespace` of a system, `name` of the stack's cluster. */
  readonly what: string;
  readonly place: "namespace" | "name";
  readonly from: string;
  readonly to: string;
  /** Claims that stay behind, with their data. */
  readonly claims: readonly string[];
  /** Whether it comes back to where it is: a cluster by another name alone. */
  readonly isInPlace?: boolean;
  /** Whether config says that it is meant. */
  readonly isMeant: boolean;
}

/** Names the namespace that each system may leave, by system, and at `cluster` the cluster that the stack may. */
export type MovesFrom = Readonly<Record<string, string | undefined>>;

export function moves(declared: readonly DeclaredObject[], record: Recorded, movesFrom: MovesFrom): Move[] {
  return declared.flatMap(({ urns, manifest }) => {
    if (manifest.kind !== "Namespace") return [];
    const from = urns.flatMap((urn) => nameIn(record.get(urn)) ?? [])[0];
    const [what, to] = [systemOf(manifest), manifest.metadata.name];
    if (from === undefined || from === to) return [];
    return [
      {
        what,
        place: "namespace",
        from,
        to,
        claims: claimsOf(declared, to),
        isMeant: movesFrom[what] === from,
      },
    ];
  });
}

/** Whether a namespace was last updated while its cluster was called otherwise. */
export function isOfRenamedCluster({ object: { manifest }, live }: Found): boolean {
  const [declared, there] = [manifest, live].map(({ metadata }) => metadata.annotations?.[clusterMark]);
  return manifest.kind === "Namespace" && there !== undefined && there !== declared;
}

/** A cluster by another name is another one to Pulumi, whatever its kubeconfig leads to. */
export function clusterMove(
  { declared, found }: { readonly declared: readonly DeclaredObject[]; readonly found: readonly Found[] },
  record: Recorded,
  to: string | undefined,
  movesFrom: MovesFrom,
): Move[] {
  const [, inputs] = [...record].find(([urn]) => urn.includes("::pulumi:providers:kubernetes::")) ?? [];
  const { clusterIdentifier: from } = (inputs ?? {}) as { clusterIdentifier?: string };
  if (from === undefined || to === undefined || from === to) return [];
  const isMeant = movesFrom.cluster === from;
  const isInPlace = found.some(isOfRenamedCluster);
  return [{ what: "cluster", place: "name", from, to, claims: claimsOf(declared), isInPlace, isMeant }];
}

function claimsOf(declared: readonly DeclaredObject[], namespace?: string): string[] {
  return declared.flatMap(({ manifest: { kind, metadata } }) =>
    kind === "PersistentVolumeClaim" && metadata.namespace === (namespace ?? metadata.namespace)
      ? metadata.name
      : [],
  );
}

function nameIn(inputs: unknown): string | undefined {
  return (inputs as { metadata?: { name?: string } } | undefined)?.metadata?.name;
}

export function movesInWords(all: readonly Move[]): string | undefined {
  if (all.length === 0) return undefined;
  return listed(
    "What moves to another namespace or cluster is removed where it was, and starts empty:",
    all.flatMap(({ what, place, from, to, claims, isInPlace, isMeant }) => [
      `${what}, from ${from} to ${to}${isInPlace ? ", which are one cluster: every object is deleted and made anew, and nothing runs meanwhile" : ""}${claims.length > 0 ? `; what stays${isInPlace ? "" : ` in ${from}`}, with its data: ${claims.join(", ")}` : ""}`,
      ...(isMeant
        ? []
        : [
            `    to stay${place === "namespace" ? ", also after `pulumi stack rename`" : ""}: pulumi config set --path muster:${what}.${place} ${from}`,
            `    to move all the same: pulumi config set --path muster:${what}.movesFrom ${from}`,
          ]),
    ]),
  );
}
