import type { KubernetesObject } from "../api-server";
import type { DeclaredObject, Found } from "./declared-objects";
import { lacking } from "./differences";
import { listed, title } from "./in-words";
import type { LiveObjects } from "./live-objects";
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
