import type * as k8s from "@pulumi/kubernetes";
import type { ConfigFilesDeclaration } from "./config-files";
import {
  type Environment,
  type EnvironmentSource,
  environmentSources,
  environmentVariables,
} from "./environment";
import type { ClaimDeclaration } from "./persistent-volume-claim";
import { type Probe, probe } from "./probe";
import type { SecretDeclaration } from "./secret";

/** CPU and memory of a container, as Kubernetes quantities: a bound on both sides is not optional. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** What lies at a path of the container: config files of the system or keys of a Secret, both read-only, or a volume. */
export interface Mount {
  readonly path: string;
  readonly from:
    | ConfigFilesDeclaration
    | { readonly secret: SecretDeclaration; readonly keys: readonly string[] }
    | ClaimDeclaration
    /** The volume that a StatefulSet makes for each of its pods from the template of this name. */
    | { readonly claimTemplate: string };
  /** The one of the config files that lies at the path; what the image has beside it stays. Default: all, in the directory of that path. */
  readonly file?: string;
  /** A volume that is only read here. Default: it is written. */
  readonly readOnly?: boolean;
}

/** A writable directory, empty at the start of every pod: on the node's disk, or in memory, where it counts as memory. */
export type Writable = string | { readonly size: string; readonly medium: "Memory" };

/** What runs in a pod. The root file system is read-only: what is written has a path in `writable`. */
export interface ContainerDeclaration<Port extends string = string> {
  /** Image reference: `[registry/]name[:tag][@sha256:digest]`. */
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly environment?: Environment;
  /** Of these, every key is a variable too. */
  readonly environmentFrom?: readonly EnvironmentSource[];
  /** TCP ports by name. */
  readonly ports?: Readonly<Record<Port, number>>;
  /** Until it has succeeded once, the other two do not ask. Whatever has a liveness probe wants one. */
  readonly startup?: Probe<NoInfer<Port>>;
  readonly liveness?: Probe<NoInfer<Port>>;
  readonly readiness?: Probe<NoInfer<Port>>;
  readonly resources: Resources;
  /** Bound on what the container writes to its node: logs and writable paths. Default 64Mi requested, 512Mi allowed. */
  readonly ephemeralStorage?: { readonly request: string; readonly limit: string };
  /** Writable paths and the size that each may reach, as a quantity. */
  readonly writable?: Readonly<Record<string, Writable>>;
  readonly mounts?: readonly Mount[];
  /** A command that the container runs once it has started, and before it counts as running. */
  readonly postStart?: readonly string[];
}

/** The container of a declaration, as the `restricted` Pod Security Standard wants it, and the volumes that it mounts. */
export function container(
  name: string,
  declared: ContainerDeclaration,
  imagePullPolicy: string,
): { container: k8s.types.input.core.v1.Container; volumes: k8s.types.input.core.v1.Volume[] } {
  const mounts = (declared.mounts ?? []).map(mount);
  const writable = Object.entries(declared.writable ?? {}).map(emptyDirectory);
  const storage = declared.ephemeralStorage ?? { request: "64Mi", limit: "512Mi" };
  const { requests, limits } = declared.resources;
  return {
    container: {
      name,
      image: declared.image,
      imagePullPolicy,
      command: declared.command && [...declared.command],
      args: declared.args && [...declared.args],
      env: environmentVariables(declared.environment ?? {}),
      envFrom: declared.environmentFrom && environmentSources(declared.environmentFrom),
      ports: Object.entries(declared.ports ?? {}).map(([name, containerPort]) => ({ name, containerPort })),
      lifecycle: lifecycle(declared),
      startupProbe: probe(declared.startup),
      livenessProbe: probe(declared.liveness),
      readinessProbe: probe(declared.readiness),
      resources: {
        requests: { ...requests, "ephemeral-storage": storage.request },
        limits: { ...limits, "ephemeral-storage": storage.limit },
      },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      },
      volumeMounts: [...mounts, ...writable].map((each) => each.volumeMount),
    },
    volumes: [...mounts, ...writable].flatMap((each) => each.volume ?? []),
  };
}

function lifecycle({ ports, postStart }: ContainerDeclaration) {
  if (!ports && !postStart) return undefined;
  return {
    postStart: postStart && { exec: { command: [...postStart] } },
    // Endpoints are taken out of every node's routing while the container still answers.
    preStop: ports && { sleep: { seconds: 5 } },
  };
}

function mount({ path, from, file, readOnly }: Mount) {
  if ("claimTemplate" in from)
    return { volume: undefined, volumeMount: { name: from.claimTemplate, mountPath: path, readOnly } };
  const name = "secret" in from ? from.secret.name : from.name;
  const written = "kind" in from && !readOnly;
  const volumeMount = { name, mountPath: path, subPath: file, readOnly: written ? undefined : true };
  return { volume: { name, ...volumeSource(from, readOnly) }, volumeMount };
}

function volumeSource(from: Exclude<Mount["from"], { claimTemplate: string }>, readOnly?: boolean) {
  // So that its group is not changed to that of the pods that only read it.
  if ("kind" in from) return { persistentVolumeClaim: { claimName: from.name, readOnly } };
  if ("files" in from) return { configMap: { name: from.name } };
  const items = from.keys.map((key) => ({ key, path: key }));
  return { secret: { secretName: from.secret.name, defaultMode: 0o440, items } };
}

// "/var/cache/nginx" becomes the volume "var-cache-nginx".
function emptyDirectory([path, writable]: [string, Writable]) {
  const name = path
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  const emptyDir =
    typeof writable === "string"
      ? { sizeLimit: writable }
      : { sizeLimit: writable.size, medium: writable.medium };
  return { volume: { name, emptyDir }, volumeMount: { name, mountPath: path } };
}
