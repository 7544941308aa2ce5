import type * as k8s from "@pulumi/kubernetes";
import type { ConfigFilesDeclaration } from "./config-files";
import { type Environment, environmentVariables } from "./environment";

/** CPU and memory of a container, as Kubernetes quantities: a bound on both sides is not optional. */
export interface Resources {
  readonly requests: { readonly cpu: string; readonly memory: string };
  readonly limits: { readonly cpu: string; readonly memory: string };
}

/** An HTTP GET on a port of the container, or a command in it. Times are in seconds. */
export interface Probe {
  readonly check: { readonly path: string; readonly port: string } | { readonly command: readonly string[] };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  /** Failures in a row that count. Default 3, as in Kubernetes. */
  readonly failureThreshold?: number;
}

/** Files at a path of the container, read-only: config files of the system, or keys of a Secret. */
export interface Mount {
  readonly path: string;
  readonly from: ConfigFilesDeclaration | { readonly secret: string; readonly keys: readonly string[] };
}

/** What runs in a pod. The root file system is read-only: what is written has a path in `writable`. */
export interface ContainerDeclaration {
  /** Image reference: `[registry/]name[:tag][@sha256:digest]`. */
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly environment?: Environment;
  /** TCP ports by name. */
  readonly ports?: Readonly<Record<string, number>>;
  readonly liveness?: Probe;
  readonly readiness?: Probe;
  readonly resources: Resources;
  /** Bound on what the container writes to its node: logs and writable paths. Default 64Mi requested, 512Mi allowed. */
  readonly ephemeralStorage?: { readonly request: string; readonly limit: string };
  /** Writable paths and the size that each may reach, as a quantity. They are empty at the start of every pod. */
  readonly writable?: Readonly<Record<string, string>>;
  readonly mounts?: readonly Mount[];
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
      ports: Object.entries(declared.ports ?? {}).map(([name, containerPort]) => ({ name, containerPort })),
      // Endpoints are taken out of every node's routing while the container still answers.
      lifecycle: declared.ports && { preStop: { sleep: { seconds: 5 } } },
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
    volumes: [...mounts, ...writable].map((each) => each.volume),
  };
}

function mount({ path, from }: Mount) {
  const name = "secret" in from ? from.secret : from.name;
  const volume =
    "secret" in from
      ? {
          name,
          secret: {
            secretName: name,
            defaultMode: 0o440,
            items: from.keys.map((key) => ({ key, path: key })),
          },
        }
      : { name, configMap: { name } };
  return { volume, volumeMount: { name, mountPath: path, readOnly: true } };
}

// "/var/cache/nginx" becomes the volume "var-cache-nginx".
function emptyDirectory([path, sizeLimit]: [string, string]) {
  const name = path
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return { volume: { name, emptyDir: { sizeLimit } }, volumeMount: { name, mountPath: path } };
}

function probe(declared?: Probe): k8s.types.input.core.v1.Probe | undefined {
  if (!declared) return undefined;
  const { check, ...timing } = declared;
  return "command" in check
    ? { exec: { command: [...check.command] }, ...timing }
    : { httpGet: check, ...timing };
}
