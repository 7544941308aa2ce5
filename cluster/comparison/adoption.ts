import { adoptedMark } from "../../components/namespace";
import type { ReachedCluster } from "../connect";
import { applied } from "./applied";
import type { Found } from "./declared-objects";
import { type Difference, differencesOf } from "./differences";
import { addedInWords, differenceInWords, listed, title } from "./in-words";
import { systemOf } from "./needs";
import { owners } from "./strangers";

/** What another made, and a system takes over, because its config says so. */
export interface Adopted extends Found {
  /** What is changed in it. */
  readonly differences: readonly Difference[];
  /** Why the API server does not take what is declared; undefined where it does. */
  readonly refusal?: string;
  /** Pods in it that its new labels refuse: the API server's own words. */
  readonly refusedPods: readonly string[];
}

/** Another stack's object is never taken over. */
export function isAdoptable({ object, live }: Found, adopting: readonly string[]): boolean {
  const isOfMuster = live.metadata.labels?.["app.kubernetes.io/managed-by"] === "muster";
  return !isOfMuster && adopting.includes(systemOf(object.manifest));
}

/** A namespace that was taken over, and would from now on be deleted as one that Muster made. */
export function isDisowned({ object: { manifest, isKept }, live }: Found): boolean {
  const isMarked = ({ metadata }: Found["live"]) => metadata.annotations?.[adoptedMark] !== undefined;
  return live.kind === "Namespace" && isMarked(live) && !isMarked(manifest) && !isKept;
}

export function disownedInWords(all: readonly Found[]): string {
  return listed(
    "`adopt: true` is gone, and `pulumi destroy` would delete what Muster did not make:",
    all.flatMap(({ object, live: { metadata } }) => [
      `Namespace ${metadata.name}, with everything in it`,
      `    to leave it: pulumi config set --path muster:${systemOf(object.manifest)}.adopt true`,
      `    if it may go with the stack: kubectl annotate namespace ${metadata.name} ${adoptedMark}-`,
    ]),
  );
}

/** Tries the takeover of an object. */
export async function takenOver(found: Found, cluster: ReachedCluster): Promise<Adopted> {
  const { refusal, warnings = [] } = await applied(found, cluster);
  return {
    ...found,
    differences: differencesOf(found.object.manifest, found.live),
    refusal,
    refusedPods: found.live.kind === "Namespace" ? ofPods(warnings) : [],
  };
}

/** The API server names them after one line of its own; others warn of namespaces as well. */
function ofPods(warnings: readonly string[]): readonly string[] {
  const begin = warnings.findIndex((each) => each.includes("violate the new PodSecurity enforce level"));
  return begin < 0 ? [] : warnings.slice(begin);
}

/** What is taken over, and what is changed there; undefined where nothing is. */
export function takenOverInWords(adopted: readonly Adopted[]): string | undefined {
  if (adopted.length === 0) return undefined;
  const lines = adopted.flatMap(({ live, differences }) => [
    `${title(live)} (${owners(live).join("; ") || "nobody says whose"})`,
    ...differences.map(
      (each) => `    ${each.live === undefined ? addedInWords(each) : differenceInWords(live.kind, each)}`,
    ),
    ...(live.kind === "Namespace"
      ? [
          "    all pods in it, whoever made them: the Pod Security Standard `restricted`, no traffic but what is declared, bounds on CPU and memory; no Service of type LoadBalancer or NodePort",
        ]
      : []),
  ]);
  return listed(
    "Taken over, as `adopt` says, with what is changed there; `pulumi destroy` leaves the namespace:",
    lines,
  );
}

/** What keeps it from being taken over. */
export function notTakenOver(adopted: readonly Adopted[]): string[] {
  const refused = adopted.filter(({ refusal }) => refusal !== undefined);
  const withPods = adopted.filter(({ refusedPods }) => refusedPods.length > 0);
  return [
    ...withPods.map(({ live, refusedPods }) =>
      listed(
        `Pods that run in namespace ${live.metadata.name} could not be started again once it enforces \`restricted\`; change or remove them first:`,
        refusedPods,
      ),
    ),
    ...(refused.length > 0
      ? [
          listed(
            "This cannot be taken over in place:",
            refused.flatMap(({ live, refusal }) => [
              `${title(live)}: ${refusal}`,
              `    ${wayOn(title(live), live)}`,
            ]),
          ),
        ]
      : []),
  ];
}

/** How an object that cannot become what is declared makes room for it, and what that costs. */
function wayOn(what: string, { kind, metadata: { name, namespace } }: Found["live"]): string {
  const remove = `kubectl delete ${kind.toLowerCase()} ${name} --namespace ${namespace}`;
  switch (kind) {
    case "Deployment":
      return `${remove} --cascade=orphan: its pods run on beside the new ones; delete their ReplicaSet when those are ready`;
    case "StatefulSet":
      return `${remove}: it is away until its successor runs, on the volumes that it had`;
    case "PersistentVolumeClaim":
      return `${what} keeps its data: declare it as it is, or move the data to a claim of another name`;
    case "Service":
      return `${remove}: its address is another afterwards, and until then it has none`;
    default:
      return `${remove}: it is away until it is made anew`;
  }
}
