import type { ConfigFilesDeclaration } from "./config-files";
import type { Workload } from "./declaration";
import type { ClaimDeclaration } from "./persistent-volume-claim";
import type { PodDeclaration } from "./pod-template";
import type { SecretDeclaration } from "./secret";

// What the pods of a workload read and mount, as they declare it.

/** Whether a workload declares its pod itself; Redis and PostgreSQL make theirs. */
export function isPod<W extends Workload>(workload: W): workload is W & PodDeclaration {
  return workload.kind !== "redis" && workload.kind !== "postgresql";
}

export function secretsOf({ environment = {}, environmentFrom = [], mounts = [] }: PodDeclaration) {
  const values = Object.values(environment);
  return [
    ...values.flatMap((value) => (typeof value === "object" && "secret" in value ? value.secret : [])),
    ...environmentFrom.filter((source): source is SecretDeclaration => "keys" in source),
    ...mounts.flatMap(({ from }) => ("secret" in from ? from.secret : [])),
  ];
}

export function filesOf({ environmentFrom = [], mounts = [] }: PodDeclaration): ConfigFilesDeclaration[] {
  const sources = [...environmentFrom, ...mounts.map(({ from }) => from)];
  return sources.filter((source): source is ConfigFilesDeclaration => "files" in source);
}

export function claimsOf({ mounts = [] }: PodDeclaration): ClaimDeclaration[] {
  return mounts.flatMap(({ from }) => ("kind" in from ? from : []));
}
