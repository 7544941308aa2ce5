import type { KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { pathOf } from "../kinds";
import type { DeclaredObject } from "./declared-objects";
import { title } from "./in-words";
import type { Unchecked } from "./live-objects";
import { type Declared, type Lack, metricsNeeds, type Need, namespaceOfOthers, needsOf } from "./needs";
import { unfitQueues } from "./queues";
import { withoutRoom } from "./room";
import { withoutWay } from "./way-to-api-server";

/** Asks for everything that declared objects need and do not bring themselves. A local cluster simulates all of it. */
export async function lacks(
  { declared, created }: Declared,
  cluster: ReachedCluster,
): Promise<{ readonly found: readonly Lack[]; readonly unchecked: readonly Unchecked[] }> {
  if (cluster.isLocal) return { found: [], unchecked: [] };
  const isNew = (object: DeclaredObject) => created.includes(object);
  const made = new Set(
    declared.flatMap(({ manifest: { kind, metadata } }) => (kind === "Namespace" ? metadata.name! : [])),
  );
  const needs = declared
    .flatMap((object) =>
      [...needsOf(object.manifest, isNew(object)), ...namespaceOfOthers(object.manifest, made)].map(
        (need) => ({
          need,
          object,
        }),
      ),
    )
    .sort((one, other) => (title(one.object.manifest) < title(other.object.manifest) ? -1 : 1));
  const each = new Map(needs.toReversed().map(({ need }) => [need.what, need]));
  const asked = await Promise.all(
    [...each.values()].map(async (need) => {
      const has = await isThere(need, cluster);
      if (has === true) return {};
      if (has !== false) return { unchecked: { what: need.what, because: has.because } };
      const by = needs.flatMap(({ need: { what }, object }) => (what === need.what ? object : []));
      const neededBy = by.map(({ manifest }) => title(manifest));
      const stops = need.isVital && by.some(isNew);
      return { lack: { what: need.what, neededBy, mend: need.mend, stops } };
    }),
  );
  const manifests = declared.map(({ manifest }) => manifest);
  const metrics = metricsNeeds(manifests).filter(
    ({ groups }) => !groups.some((group) => cluster.kinds.serveGroup(group)),
  );
  const beside = await Promise.all([
    unfitQueues({ declared, created }, cluster),
    withoutWay(manifests, cluster),
    withoutRoom({ declared, created }, cluster),
  ]);
  return {
    found: [...asked.flatMap(({ lack }) => lack ?? []), ...metrics, ...beside.flatMap(({ found }) => found)],
    unchecked: [
      ...asked.flatMap(({ unchecked }) => unchecked ?? []),
      ...beside.flatMap(({ unchecked }) => unchecked),
    ],
  };
}

export function lackInWords({ what, neededBy, mend }: Lack): string {
  const more = neededBy.length > 3 ? ` and ${neededBy.length - 3} more` : "";
  return `${what}, for ${neededBy.slice(0, 3).join(", ")}${more}: ${mend}`;
}

type Answer = boolean | { readonly because: string };

async function isThere(
  need: Pick<Need, "object" | "isOneOf" | "orElse">,
  cluster: ReachedCluster,
): Promise<Answer> {
  const { object, isOneOf, orElse } = need;
  const { api, kinds } = cluster;
  const { apiVersion, kind, metadata } = object;
  try {
    if (metadata) {
      const path = pathOf(kinds, { apiVersion, kind, metadata });
      const isFound = path !== undefined && (await api.find(path)) !== undefined;
      return isFound || (orElse ? isThere(orElse, cluster) : false);
    }
    const path = kinds.collection({ apiVersion, kind });
    return path !== undefined && (await api.list(path)).some((each: KubernetesObject) => isOneOf!(each));
  } catch (error) {
    // What cannot be asked stops nothing.
    return { because: (error as Error).message };
  }
}
