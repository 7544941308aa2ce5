import { isWithheld } from "../../components/declared-resource";
import type { ImageTerms } from "../../components/image-terms";
import type { KubernetesObject } from "../api-server";
import type { ReachedCluster } from "../connect";
import { hasOldPassword } from "../passwords";
import { type NotAdmitted, notAdmitted } from "./admission";
import { type Adopted, isAdoptable, isDisowned, takenOver } from "./adoption";
import { applied } from "./applied";
import { isAsDeclared } from "./as-declared";
import type { DeclaredObject, Found } from "./declared-objects";
import { type Difference, differencesOf, lacking } from "./differences";
import { type Ending, waitsFor } from "./ending";
import { bearsOnSafety, type Handling, handlingOf } from "./handling";
import { type ImagePaths, unfitImages } from "./images";
import { lacks } from "./lacks";
import { LiveReader, liveObject, liveObjects, type Unchecked } from "./live-objects";
import { losses } from "./losses";
import { type Path, stepInto } from "./managed-fields";
import { clusterMove, isOfRenamedCluster, type Move, type MovesFrom, moves } from "./moves";
import type { Lack } from "./needs";
import type { Recorded } from "./record";
import { type Leaves, type LeftServer, leftServers, serverPlaces } from "./servers";
import { isStrange } from "./strangers";
import { unfitVolumes } from "./volumes";
import { type Widening, wideningPlaces, widenings } from "./widening";

/** A stack as it is declared, held against the cluster. */
export interface Comparison {
  /** How many objects were looked for. */
  readonly compared: number;
  /** What the last update made, and is not there any more. */
  readonly gone: readonly DeclaredObject[];
  /** Those of them that config says to fail at. */
  readonly goneFailing: readonly DeclaredObject[];
  /** What is there, and not as declared. */
  readonly drifted: readonly Drifted[];
  /** What is there under the name of an object of the stack, and is another's. */
  readonly strangers: readonly Found[];
  /** What is there, is another's, and is taken over. */
  readonly adopted: readonly Adopted[];
  /** Namespaces that were taken over, which config does not say any more. */
  readonly disowned: readonly Found[];
  /** Secrets of servers that take an old password too. */
  readonly oldPasswords: readonly KubernetesObject[];
  /** What is being deleted. */
  readonly ending: readonly Ending[];
  /** What is not the stack's, and opens what the stack narrows. */
  readonly widened: readonly Widening[];
  /** Those of them that config says to fail at. */
  readonly widenedFailing: readonly Widening[];
  /** Pods of new or changed workloads that the API server does not take, and pods of images that config refuses. */
  readonly notAdmitted: readonly NotAdmitted[];
  /** What cannot become of volumes what is declared, a line each. */
  readonly unfitVolumes: readonly string[];
  /** Systems that leave their namespace. */
  readonly moves: readonly Move[];
  /** Servers with a volume that this update removes. */
  readonly leftServers: readonly LeftServer[];
  /** What is lost or done once more, a line each. */
  readonly losses: readonly string[];
  /** What the declared objects name, and the cluster does not have. */
  readonly lacking: readonly Lack[];
  /** What could not be looked at or tried, such as what its user may not. */
  readonly unchecked: readonly Unchecked[];
}

export interface Drifted extends Found {
  /** What others changed. */
  readonly differences: readonly Difference[];
  /** What the cluster makes of what it is given, whoever gives it. */
  readonly rewritten: readonly Difference[];
  /** What stays as others, or the cluster, made it, because config says so. */
  readonly left: readonly Difference[];
  /** What is to stop an update, because config says so. */
  readonly failing: readonly Difference[];
  /** Why the API server does not take what is declared; undefined where it does. */
  readonly refusal?: string;
}

/** What a stack's config says of the comparison. */
export interface ComparisonConfig {
  /** The systems that take over what is there already. Default: none. */
  readonly adopting?: readonly string[];
  /** What becomes of what others change. Default: it is taken back. */
  readonly handlings?: readonly Handling[];
  /** The name of the stack's cluster in Pulumi's record. Left out: it stays. */
  readonly clusterName?: string;
  /** The namespaces that systems may leave, and the cluster. Default: none. */
  readonly movesFrom?: MovesFrom;
  /** The servers that systems may leave. Default: none. */
  readonly leaves?: Leaves;
  /** What the images of pods have to be. Default: any. */
  readonly images?: ImageTerms;
  /** Where config names them, so that a refusal can say it. Default: nobody knows. */
  readonly imagePaths?: ImagePaths;
}

export interface ComparisonArgs extends ComparisonConfig {
  readonly declared: readonly DeclaredObject[];
  readonly cluster: ReachedCluster;
  /** Pulumi's record, which is asked for where the cluster alone does not tell. */
  readonly recorded: () => Promise<Recorded>;
  /** Has read some of the cluster already. Default: nothing is read yet. */
  readonly reader?: LiveReader;
}

/** Holds every declared object against the live one, and tries where something differs. */
export async function compare({
  declared,
  cluster,
  adopting = [],
  handlings = [],
  clusterName,
  movesFrom = {},
  leaves = {},
  reader = new LiveReader(cluster),
  images = {},
  imagePaths = new Map(),
  ...args
}: ComparisonArgs): Promise<Comparison> {
  let asked: Promise<Recorded> | undefined;
  const recorded = () => {
    asked ??= args.recorded();
    return asked;
  };
  const further = [...wideningPlaces(declared), ...serverPlaces(declared)];
  const live = await liveObjects(declared, further, reader);
  const found = declared.flatMap((object) => {
    const there = live.of(object);
    return there ? [{ object, live: there }] : [];
  });
  const missing = declared.filter((object) => live.of(object) === null);
  const strange = found.filter(isStrange);
  const isTold = missing.length + strange.length === 0 && !found.some(isOfRenamedCluster);
  const record: Recorded = isTold ? new Map() : await recorded();
  const leaving = clusterMove({ declared, found }, record, clusterName, movesFrom);
  const isRecorded = ({ urns, manifest }: DeclaredObject) =>
    leaving.length === 0 && urns.some((urn) => record.has(urn) && isSameObject(record.get(urn), manifest));
  // Whose labels were taken away is still in the record.
  const others = strange.filter(({ object }) => !isRecorded(object));
  const taken = others.filter((each) => isAdoptable(each, adopting));
  const own = found.filter((each) => !others.includes(each));
  const created = missing.filter((object) => !isRecorded(object));
  const [lacking, ...tried] = await Promise.all([
    lacks({ declared, created }, cluster),
    ...own.map((each) => drift(each, { cluster, recorded, handlings })),
  ]);
  const gone = withoutFinishedJobs(missing.filter(isRecorded));
  const drifted = tried.flatMap(({ drifted }) => drifted ?? []);
  const changed = own.filter((_, place) => tried[place]!.podsDiffer).map(({ object }) => object);
  const opened = await widenings(declared, live, recorded);
  const admission = await notAdmitted([...created, ...gone, ...changed], declared, live, cluster);
  return {
    compared: declared.filter((object) => live.of(object) !== undefined).length,
    gone,
    goneFailing: gone.filter(({ manifest }) => handlingOf(handlings, manifest) === "fail"),
    drifted,
    strangers: others.filter((each) => !taken.includes(each)),
    adopted: await Promise.all(taken.map((each) => takenOver(each, cluster))),
    disowned: own.filter(isDisowned),
    oldPasswords: own.map(({ live }) => live).filter(hasOldPassword),
    ending: await Promise.all(
      own
        .filter(({ live: { metadata } }) => metadata.deletionTimestamp !== undefined)
        .map(async (each) => ({ ...each, waitsFor: await waitsFor(each.live, cluster) })),
    ),
    widened: opened.filter((each) => handlingOf(handlings, each.live) !== "leave"),
    widenedFailing: opened.filter((each) => handlingOf(handlings, each.live) === "fail"),
    notAdmitted: [...admission.found, ...unfitImages(declared, images, imagePaths)],
    unfitVolumes: unfitVolumes(own, {
      left: (each) => drifted.some(({ object, left }) => object === each.object && left.some(isOfSize)),
      refusal: (each) => tried[own.indexOf(each)]?.refusal,
    }),
    leftServers: leftServers(declared, live, leaves),
    losses: losses(declared, { own, created, changed, live, record }),
    moves: [...leaving, ...moves(declared, record, movesFrom)],
    lacking: lacking.found,
    unchecked: [
      ...live.unchecked,
      ...lacking.unchecked,
      ...admission.unchecked,
      ...tried.flatMap(({ unchecked }) => unchecked ?? []),
    ],
  };
}

/** Whether a comparison may find that an object has to be mended: it is not there, or not as declared. */
export async function mayBeMended(object: DeclaredObject, reader: LiveReader): Promise<boolean> {
  const live = await liveObject(object, reader);
  // What its user may not see stays as it is.
  if (!live) return live === null;
  return isStrange({ object, live }) || differencesOf(object.manifest, live).length > 0;
}

function isOfSize({ path }: Difference): boolean {
  return path.join(".") === "f:spec.f:resources.f:requests.f:storage";
}

/** Whether what was recorded is of the name that is declared, and not what it replaces. */
function isSameObject(inputs: unknown, { metadata }: KubernetesObject): boolean {
  const before = (inputs as Partial<KubernetesObject> | undefined)?.metadata;
  return before === undefined || (before.name === metadata.name && before.namespace === metadata.namespace);
}

/** A finished Job may be gone; only together with its namespace is what it did gone too. */
function withoutFinishedJobs(gone: readonly DeclaredObject[]): DeclaredObject[] {
  const namespaces = gone.flatMap(({ manifest: { kind, metadata } }) =>
    kind === "Namespace" ? metadata.name : [],
  );
  return gone.filter(
    ({ manifest: { kind, metadata } }) => kind !== "Job" || namespaces.includes(metadata.namespace!),
  );
}

interface Tried {
  /** Whether its pods are to become others. */
  readonly podsDiffer: boolean;
  readonly drifted?: Drifted;
  /** Why the API server does not take what this very update changes. */
  readonly refusal?: string;
  readonly unchecked?: Unchecked;
}

async function drift(
  found: Found,
  { cluster, recorded, handlings }: Required<Pick<ComparisonArgs, "cluster" | "recorded" | "handlings">>,
): Promise<Tried> {
  const { object, live } = found;
  const all = differencesOf(object.manifest, live);
  // What differs without a trace may as well be new in this update.
  const record = all.some(isUntraced) ? await recorded() : undefined;
  const before = object.urns.map((urn) => record?.get(urn)).find((inputs) => inputs !== undefined);
  const differences = all.filter((each) => !isUntraced(each) || wasDeclared(each, before));
  const podsDiffer = all.some(({ path }) => isOfPods(path));
  if (differences.length === 0) return { podsDiffer };
  const { result, refusal, unchecked } = await applied(found, cluster);
  const stays = ({ path, declared }: Difference) =>
    result !== undefined &&
    declared !== undefined &&
    !isWithheld(declared) &&
    isAsDeclared(at(result, path), at(live, path), path);
  const changed = differences.filter((each) => !each.isOwn && !stays(each));
  const rewritten = differences
    .filter(stays)
    .filter(({ path, declared }) => lacking(declared, at(live, path), undefined, path).length > 0);
  if (changed.length + rewritten.length === 0) return { podsDiffer, refusal, unchecked };
  const action = ({ path }: Difference) => handlingOf(handlings, live, path);
  const isLeft = (each: Difference) => action(each) === "leave" && !bearsOnSafety(live, each.path);
  const others = changed.filter((each) => !isLeft(each));
  return {
    podsDiffer,
    unchecked,
    drifted: {
      ...found,
      differences: others,
      rewritten: rewritten.filter((each) => action(each) !== "leave"),
      left: [...changed.filter(isLeft), ...rewritten.filter((each) => action(each) === "leave")],
      failing: others.filter((each) => action(each) === "fail"),
      refusal: others.length > 0 ? refusal : undefined,
    },
  };
}

/** Whether a field is in a template of pods, or holds one. */
function isOfPods([first, second]: Path): boolean {
  return (
    first === "f:template" ||
    (first === "f:spec" && /^(undefined|f:template|f:jobTemplate)$/.test(`${second}`))
  );
}

function wasDeclared({ path, declared }: Difference, before: unknown): boolean {
  return isAsDeclared(declared, at(before, path), path);
}

function isUntraced({ isOwn, by }: Difference): boolean {
  return !isOwn && by.length === 0;
}

function at(value: unknown, path: Path): unknown {
  return path.reduce(stepInto, value);
}
