import type { ConfigFilesDeclaration } from "./config-files";
import type { ContainerDeclaration } from "./container";
import type { Workload } from "./declaration";
import type { ClaimDeclaration } from "./persistent-volume-claim";
import type { PodDeclaration } from "./pod-template";
import type { SecretDeclaration } from "./secret";

// What the pods of a workload read and mount, as they declare it.

/** Whether a workload declares its pod itself; Redis and PostgreSQL make theirs. */
export function isPod<W extends Workload>(workload: W): workload is W & PodDeclaration {
  return workload.kind !== "redis" && workload.kind !== "postgresql";
}

/** Its own container, and those that run before it. */
function containersOf(pod: PodDeclaration): ContainerDeclaration[] {
  return [pod, ...(pod.initContainers ?? [])];
}

export function secretsOf(pod: PodDeclaration): SecretDeclaration[] {
  return containersOf(pod).flatMap(({ environment = {}, environmentFrom = [], mounts = [] }) => [
    ...Object.values(environment).flatMap((value) =>
      typeof value === "object" && "secret" in value ? value.secret : [],
    ),
    ...environmentFrom.filter((source): source is SecretDeclaration => "keys" in source),
    ...mounts.flatMap(({ from }) => ("secret" in from ? from.secret : [])),
  ]);
}

export function filesOf(pod: PodDeclaration): ConfigFilesDeclaration[] {
  const sources = containersOf(pod).flatMap(({ environmentFrom = [], mounts = [] }) => [
    ...environmentFrom,
    ...mounts.map(({ from }) => from),
  ]);
  return sources.filter((source): source is ConfigFilesDeclaration => "files" in source);
}

export function claimsOf(pod: PodDeclaration): ClaimDeclaration[] {
  return containersOf(pod).flatMap(({ mounts = [] }) =>
    mounts.flatMap(({ from }) => ("kind" in from ? from : [])),
  );
}

/** The pod as each of its containers sees it, for what is checked of all of them. */
export function eachContainer(pod: PodDeclaration): PodDeclaration[] {
  return containersOf(pod).map((each) => ({ ...pod, ...each, name: pod.name, initContainers: undefined }));
}
