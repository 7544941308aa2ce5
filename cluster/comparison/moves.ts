import type { DeclaredObject } from "./declared-objects";
import { listed } from "./in-words";
import { systemOf } from "./needs";
import type { Recorded } from "./record";

/** A system that leaves its namespace for another, where it starts empty. */
export interface Move {
  readonly system: string;
  readonly from: string;
  readonly to: string;
  /** Claims that stay behind, with their data. */
  readonly claims: readonly string[];
  /** Whether config says that it is meant. */
  readonly isMeant: boolean;
}

/** Names the namespace that each system may leave, by system. */
export type MovesFrom = Readonly<Record<string, string | undefined>>;

export function moves(declared: readonly DeclaredObject[], record: Recorded, movesFrom: MovesFrom): Move[] {
  return declared.flatMap(({ urns, manifest }) => {
    if (manifest.kind !== "Namespace") return [];
    const from = urns.flatMap((urn) => nameIn(record.get(urn)) ?? [])[0];
    const [system, to] = [systemOf(manifest), manifest.metadata.name];
    if (from === undefined || from === to) return [];
    const claims = declared.flatMap(({ manifest: { kind, metadata } }) =>
      kind === "PersistentVolumeClaim" && metadata.namespace === to ? metadata.name : [],
    );
    return [{ system, from, to, claims, isMeant: movesFrom[system] === from }];
  });
}

function nameIn(inputs: unknown): string | undefined {
  return (inputs as { metadata?: { name?: string } } | undefined)?.metadata?.name;
}

export function movesInWords(all: readonly Move[]): string | undefined {
  if (all.length === 0) return undefined;
  return listed(
    "A system that moves to another namespace is removed in the old one, and starts empty in the new one:",
    all.flatMap(({ system, from, to, claims, isMeant }) => [
      `${system}, from ${from} to ${to}${claims.length > 0 ? `; what stays in ${from}, with its data: ${claims.join(", ")}` : ""}`,
      ...(isMeant
        ? []
        : [
            `    to stay, also after \`pulumi stack rename\`: pulumi config set --path muster:${system}.namespace ${from}`,
            `    to move all the same: pulumi config set --path muster:${system}.movesFrom ${from}`,
          ]),
    ]),
  );
}
