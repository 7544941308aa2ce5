import type { KubernetesObject } from "../api-server";
import type { NamespaceObjects } from "./namespace-objects";
import { warnings } from "./pods";
import type { State } from "./state";

export interface SecretStatus {
  readonly name: string;
  readonly state: State;
  /** When it was made; of one that is synced, when that was last. */
  readonly since?: string;
  /** Whether the External Secrets Operator brings it. */
  readonly isSynced: boolean;
  readonly message?: string;
}

/** Secrets as they stand, without a look into them. Those of certificates belong to the ways in. */
export function secretsStatus({ of }: NamespaceObjects): SecretStatus[] {
  const external = of("ExternalSecret");
  const target = ({ metadata, spec }: KubernetesObject) => spec?.target?.name ?? metadata.name;
  const certificates = of("Ingress").flatMap(({ spec }) =>
    (spec?.tls ?? []).map(({ secretName }: { secretName?: string }) => secretName),
  );
  const plain = of("Secret").filter(
    ({ metadata }) =>
      ![...external.map(target), ...certificates].includes(metadata.name) &&
      metadata.labels?.["app.kubernetes.io/managed-by"] === "muster",
  );
  return [
    ...external.map((each) => synced(target(each), each)),
    ...of("SecretStore").flatMap(brokenStore),
    ...plain.map(({ metadata }) => ({
      name: metadata.name,
      state: "well" as const,
      since: metadata.creationTimestamp,
      isSynced: false,
    })),
  ];
}

function synced(name: string, { status }: KubernetesObject): SecretStatus {
  const ready = status?.conditions?.find(({ type }: { type: string }) => type === "Ready");
  const state = ready?.status === "True" ? "well" : ready ? "not well" : "working";
  const message = state === "well" ? undefined : ready?.message;
  return { name, state, since: status?.refreshTime, isSynced: true, message };
}

function brokenStore({ metadata, status }: KubernetesObject): SecretStatus[] {
  const ready = status?.conditions?.find(({ type }: { type: string }) => type === "Ready");
  if (ready?.status !== "False") return [];
  return [{ name: `store ${metadata.name}`, state: "not well", isSynced: true, message: ready.message }];
}

export interface ClaimStatus {
  readonly name: string;
  readonly state: State;
  /** What it has, and what it asks for where that is more. */
  readonly size: string;
  readonly wanted?: string;
  readonly message?: string;
}

export function claimsStatus({ of }: NamespaceObjects): ClaimStatus[] {
  return of("PersistentVolumeClaim").map(({ metadata, spec, status }) => {
    const asked = spec?.resources?.requests?.storage;
    const size = status?.capacity?.storage;
    const found = warnings(
      of("Event"),
      ({ kind, name }) => kind === "PersistentVolumeClaim" && name === metadata.name,
    );
    const isBound = status?.phase === "Bound";
    const grows = isBound && status?.conditions?.some(({ status }: { status: string }) => status === "True");
    const isBroken = !isBound && (status?.phase === "Lost" || found.length > 0);
    return {
      name: metadata.name,
      state: isBroken ? "not well" : isBound && !grows ? "well" : "working",
      size: size ?? "none yet",
      wanted: size === asked ? undefined : asked,
      message: isBound ? undefined : [status?.phase, ...found.map(({ message }) => message)].join(": "),
    };
  });
}
