import type { KubernetesObject } from "../api-server";
import { isAsDeclared } from "./as-declared";
import type { DeclaredObject, Found } from "./declared-objects";
import { differencesOf, lacking } from "./differences";
import { listed, shortened, title } from "./in-words";
import type { LiveObjects } from "./live-objects";
import { fieldsAt, ownership } from "./managed-fields";
import type { Recorded } from "./record";
import { isOfSystem, namespacesOf } from "./servers";

/** What an update loses, or does once more, where nothing stands in its way: a line each. */
export function losses(
  declared: readonly DeclaredObject[],
  {
    own,
    created,
    changed,
    live,
    record,
  }: {
    readonly own: readonly Found[];
    readonly created: readonly DeclaredObject[];
    /** Those of `own` whose pods become others. */
    readonly changed: readonly DeclaredObject[];
    readonly live: LiveObjects;
    readonly record: Recorded;
  },
): string[] {
  return [
    ...leftInMemory(declared, live).map(
      (each) => `${title(each)} is removed, and what it holds in memory with it, such as waiting tasks`,
    ),
    ...own.flatMap(unreadableData),
    ...own.flatMap(readLater),
    ...own.flatMap(cutOff),
    ...own.flatMap(letGoOf),
    ...[...created, ...own.map(({ object }) => object)].flatMap((object) =>
      notThereYet(object, declared, live),
    ),
    ...[...created, ...changed].flatMap((object) =>
      runsAgain(object, live.of(object) ?? inRecord(object, record)),
    ),
  ];
}

/** A Redis without a volume that the system has, and that is not declared any more. */
function leftInMemory(declared: readonly DeclaredObject[], live: LiveObjects): KubernetesObject[] {
  return namespacesOf(declared).flatMap((owner) => {
    const namespace = owner.metadata.name;
    const names = declared.flatMap(({ manifest: { kind, metadata } }) =>
      kind === "Deployment" && metadata.namespace === namespace ? metadata.name : [],
    );
    return live
      .all({ apiVersion: "apps/v1", kind: "Deployment", namespace })
      .filter((each) => isOfSystem(each, owner) && !names.includes(each.metadata.name))
      .filter((each) => containerOf(each)?.command?.[0] === "redis-server");
  });
}

/** PostgreSQL reads no data of another major version, and its two families of images run as different users. */
function unreadableData({ object: { manifest }, live }: Found): string[] {
  if (manifest.kind !== "StatefulSet") return [];
  const [after, before] = [manifest, live].map(containerOf);
  const isPostgresql = after?.env?.some(({ name }) => name === "PGDATA");
  if (!isPostgresql || !after || !before || after.image === before.image) return [];
  const [next, now] = [after, before].map(({ image }) => familyOf(image));
  if (next === now) return [];
  return [
    `${title(live)} becomes ${after.image}, which does not read what ${before.image} has written: docs/backup.md says the way; to stay, declare ${before.image}`,
  ];
}

/** Another store of the same items: the operator goes there when it reads them next. */
function readLater({ object: { manifest }, live }: Found): string[] {
  if (
    manifest.kind !== "SecretStore" ||
    lacking(manifest.spec, live.spec, undefined, ["f:spec"]).length === 0
  )
    return [];
  const { namespace } = live.metadata;
  return [
    `${title(live)} leads elsewhere, and is read at the next refresh; at once: kubectl annotate externalsecret --all force-sync=$(date +%s) --overwrite --namespace ${namespace}`,
  ];
}

/** Network policies change at once, and what runs by the config of before loses what it leads to. */
function cutOff({ object: { manifest }, live }: Found): string[] {
  if (manifest.kind !== "NetworkPolicy") return [];
  const isOfEgress = ({ path: [, field] }: { readonly path: readonly string[] }) => field === "f:egress";
  const changes = differencesOf(manifest, live).filter(isOfEgress);
  if (changes.length === 0 || !changes.every(({ isOwn }) => isOwn)) return [];
  const declared: readonly unknown[] = manifest.spec.egress ?? [];
  const lost = ((live.spec.egress ?? []) as readonly unknown[]).filter(
    (rule) => !declared.some((each) => isAsDeclared(each, rule, ["f:spec", "f:egress"])),
  );
  return lost.map(
    (rule) =>
      `pods of ${title(live)} that run lose their way out to ${shortened(rule)} before new ones are ready`,
  );
}

/** Keys that the operator is to bring into a Secret, where Pulumi takes them out before. */
function notThereYet(
  { manifest: { kind, metadata, spec } }: DeclaredObject,
  declared: readonly DeclaredObject[],
  live: LiveObjects,
): string[] {
  if (kind !== "ExternalSecret") return [];
  const secret = declared.find(
    ({ manifest }) =>
      manifest.kind === "Secret" &&
      manifest.metadata.name === metadata.name &&
      manifest.metadata.namespace === metadata.namespace,
  );
  const there = secret && live.of(secret);
  const isOwn = (key: string) => secret?.manifest.data?.[key] === undefined && isOfPulumi(there, key);
  const keys = keysOf(spec).filter(isOwn);
  return keys.map(
    (key) =>
      `Secret ${metadata.namespace}/${metadata.name} is without ${key} until the operator brings it: fill the store first, since no pod starts before`,
  );
}

/** Keys that the operator has brought, and is to bring no more: it takes them out of the Secret at the end. */
function letGoOf({ object: { manifest }, live }: Found): string[] {
  if (manifest.kind !== "ExternalSecret") return [];
  const kept = keysOf(manifest.spec);
  const { namespace, name } = live.metadata;
  return keysOf(live.spec)
    .filter((key) => !kept.includes(key))
    .map(
      (key) =>
        `the operator lets go of ${key} of Secret ${namespace}/${name}: docs/secrets.md#to-this-source-and-away-from-it says by which two commands nothing misses it`,
    );
}

function keysOf(spec: KubernetesObject["spec"]): string[] {
  return Object.keys(spec.target?.template?.data ?? {});
}

/** Whether Pulumi has written a key of a Secret. */
function isOfPulumi(secret: KubernetesObject | null | undefined, key: string): boolean {
  const own = secret && ownership(secret).own;
  return own !== undefined && own !== null && fieldsAt(own, ["f:data", `f:${key}`]) !== undefined;
}

/** Major version, and whose image: `16 alpine`. */
function familyOf(image: string): string {
  const [name = ""] = image.split("@");
  const tag = /:([^/]+)$/.exec(name)?.[1] ?? "";
  return `${/^\d+/.exec(tag)?.[0] ?? tag} ${image.includes("alpine") ? "alpine" : ""}`;
}

/** A Job that has run, of the same image, and is made anew for something else. */
function runsAgain({ manifest }: DeclaredObject, before: KubernetesObject | undefined): string[] {
  if (manifest.kind !== "Job") return [];
  const [image, ran] = [manifest, before].map((each) => containerOf(each)?.image);
  // What comes after each roll-out is meant to.
  const isOfRollouts = manifest.spec.template.metadata?.annotations?.["muster.dev/rollouts"] !== undefined;
  if (ran === undefined || ran !== image || isOfRollouts) return [];
  return [`${title(manifest)} runs again, of the same image: something else that it runs with has changed`];
}

function inRecord({ urns }: DeclaredObject, record: Recorded): KubernetesObject | undefined {
  const found = urns.map((urn) => record.get(urn)).find((inputs) => inputs !== undefined);
  return found as KubernetesObject | undefined;
}

interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string }[];
}

function containerOf(workload: KubernetesObject | undefined): Container | undefined {
  return workload?.spec?.template?.spec?.containers?.[0];
}

export function lossesInWords(lines: readonly string[]): string | undefined {
  return lines.length > 0 ? listed("What this update loses, or does once more:", lines) : undefined;
}
