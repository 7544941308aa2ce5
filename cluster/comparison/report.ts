import type { KubernetesObject } from "../api-server";
import { notAdmittedInWords } from "./admission";
import { disownedInWords, notTakenOver, takenOverInWords } from "./adoption";
import type { Comparison } from "./compare";
import type { Difference } from "./differences";
import { endingInWords } from "./ending";
import { differenceInWords, listed, title } from "./in-words";
import { lackInWords } from "./lacks";
import { lossesInWords } from "./losses";
import { inWords } from "./managed-fields";
import { movesInWords } from "./moves";
import { leftServersInWords } from "./servers";
import { owners, strangersInWords } from "./strangers";
import { unfitVolumesInWords } from "./volumes";
import { widenedInWords } from "./widening";

/** Paragraphs on what an update cannot be made for. */
export function inTheWay(found: Comparison): string[] {
  const {
    goneFailing,
    widenedFailing,
    strangers,
    adopted,
    disowned,
    ending,
    drifted,
    lacking,
    notAdmitted,
    unfitVolumes,
    moves,
    leftServers,
  } = found;
  const unmeant = [
    movesInWords(moves.filter(({ isMeant }) => !isMeant)),
    leftServersInWords(leftServers.filter(({ isMeant }) => !isMeant)),
  ];
  const refused = drifted.filter(({ refusal }) => refusal !== undefined);
  const failing = [
    ...goneFailing.map(({ manifest }) => `${title(manifest)} is gone`),
    ...widenedFailing.map(({ live, opens }) => `${title(live)} ${opens}`),
    ...drifted.flatMap(({ live, failing }) =>
      failing.map((each) => `${title(live)}: ${differenceInWords(live.kind, each)}`),
    ),
  ];
  const needed = lacking.filter(({ stops }) => stops);
  return [
    ...(needed.length > 0
      ? [listed("The cluster lacks what the stack needs:", needed.map(lackInWords))]
      : []),
    ...(strangers.length > 0 ? [strangersInWords(strangers)] : []),
    ...unmeant.flatMap((each) => each ?? []),
    ...notTakenOver(adopted),
    ...(disowned.length > 0 ? [disownedInWords(disowned)] : []),
    ...(notAdmitted.length > 0 ? [notAdmittedInWords(notAdmitted)] : []),
    ...(unfitVolumes.length > 0 ? [unfitVolumesInWords(unfitVolumes)] : []),
    ...(ending.length > 0 ? [endingInWords(ending)] : []),
    ...(failing.length > 0
      ? [listed("Others changed what muster:cluster.drift says to fail at:", failing)]
      : []),
    ...(refused.length > 0
      ? [
          listed(
            "The cluster is not as declared, and does not take it back:",
            refused.flatMap(({ live, refusal, differences }) => [
              ...differences.map((each) => `${title(live)}: ${differenceInWords(live.kind, each)}`),
              `  ${refusal}`,
            ]),
          ),
        ]
      : []),
  ];
}

/** What starts empty, as config says that it is meant. */
export function moved({ moves, leftServers }: Comparison): string | undefined {
  const all = [
    movesInWords(moves.filter(({ isMeant }) => isMeant)),
    leftServersInWords(leftServers.filter(({ isMeant }) => isMeant)),
  ];
  return all.filter(Boolean).join("\n") || undefined;
}

/** What is taken over from others. */
export function takenOver({ adopted }: Comparison): string | undefined {
  return takenOverInWords(adopted);
}

/** What an update brings back, worst first. */
export function broughtBack(found: Comparison): string | undefined {
  const all = differencesInWords(found);
  if (all.length === 0) return undefined;
  return listed("The cluster is not as declared; `pulumi up` brings it back:", all);
}

/** What an update does beside what it was made for, and what it cannot mend; `differences` stands among it. */
export function beside(found: Comparison, differences: string | undefined): string[] {
  const all = [
    moved(found),
    lossesInWords(found.losses),
    takenOver(found),
    differences,
    widened(found),
    rewritten(found),
    lacking(found),
  ];
  return all.flatMap((each) => each || []);
}

/** What is not as declared, a line each, worst first. */
export function differencesInWords({ gone, drifted }: Pick<Comparison, "gone" | "drifted">): string[] {
  const lost = gone.map(({ manifest }) => ({ kind: manifest.kind, line: `${title(manifest)} is gone` }));
  const changed = drifted.flatMap(({ live, differences }) =>
    differences.map((each) => ({
      kind: live.kind,
      line: `${title(live)}: ${differenceInWords(live.kind, each)}`,
    })),
  );
  const rank = ({ kind }: { kind: string }) => (worst.includes(kind) ? worst.indexOf(kind) : worst.length);
  const sorted = [lost, changed].flatMap((lines) => lines.sort((one, other) => rank(one) - rank(other)));
  return sorted.map(({ line }) => line);
}

// What everything else is in; what narrows what others may; what runs.
const worst = [
  "Namespace",
  "Role",
  "RoleBinding",
  "NetworkPolicy",
  "ResourceQuota",
  "StatefulSet",
  "Deployment",
  "Service",
  "Secret",
];

function rewritten({ drifted }: Comparison): string | undefined {
  const all = drifted.flatMap(({ live, rewritten }) =>
    rewritten.map((each) => `${title(live)}: ${differenceInWords(live.kind, each)}`),
  );
  if (all.length === 0) return undefined;
  return listed(
    "The cluster makes something else of what it is given, every time; accept it by `action: leave` at muster:cluster.drift:",
    all,
  );
}

/** What the cluster lacks, and an update can be made without. */
export function lacking({ lacking }: Comparison): string | undefined {
  const all = lacking.filter(({ stops }) => !stops);
  if (all.length === 0) return undefined;
  return listed("The cluster lacks what the stack asks for:", all.map(lackInWords));
}

/** What opens more than is declared. */
export function widened({ widened }: Comparison): string | undefined {
  return widenedInWords(widened);
}

/** What could not be looked at, each kind once for all namespaces. */
export function unchecked({ unchecked }: Comparison): string | undefined {
  if (unchecked.length === 0) return undefined;
  const lines = [...new Set(unchecked.map(({ what }) => what))].map((what) => {
    const all = unchecked.filter((each) => each.what === what);
    const namespaces = all.flatMap(({ namespace }) => namespace ?? []);
    const where = namespaces.length > 0 ? ` in ${namespaces.join(", ")}` : "";
    return `${what}${where}: ${all[0]!.because}`;
  });
  return listed("Not checked in the cluster:", lines);
}

/** All of it for programs. */
export function inJson(found: Comparison) {
  const named = ({ kind, metadata: { namespace, name } }: KubernetesObject) => ({ kind, namespace, name });
  const fields = (kind: string, differences: readonly Difference[]) =>
    differences.map((each) => ({
      field: inWords(each.path),
      by: each.by,
      text: differenceInWords(kind, each),
    }));
  return {
    compared: found.compared,
    gone: found.gone.map(({ manifest }) => named(manifest)),
    changed: found.drifted.map(({ live, differences, rewritten, left, refusal }) => ({
      ...named(live),
      fields: fields(live.kind, differences),
      rewritten: fields(live.kind, rewritten),
      left: fields(live.kind, left),
      refusal,
    })),
    strangers: found.strangers.map(({ live }) => ({ ...named(live), of: owners(live) })),
    adopted: found.adopted.map(({ live, differences, refusal, refusedPods }) => ({
      ...named(live),
      of: owners(live),
      fields: fields(live.kind, differences),
      refusal,
      refusedPods,
    })),
    disowned: found.disowned.map(({ live }) => named(live)),
    ending: found.ending.map(({ live, waitsFor }) => ({ ...named(live), waitsFor })),
    widened: found.widened.map(({ live, opens }) => ({ ...named(live), opens })),
    notAdmitted: found.notAdmitted.map(({ because, workloads }) => ({ because, of: workloads.map(named) })),
    unfitVolumes: found.unfitVolumes,
    moves: found.moves,
    losses: found.losses,
    leftServers: found.leftServers.map(({ live, claims, isMeant }) => ({ ...named(live), claims, isMeant })),
    lacking: found.lacking.map((each) => ({ text: lackInWords(each), stops: each.stops })),
    unchecked: found.unchecked,
  };
}
