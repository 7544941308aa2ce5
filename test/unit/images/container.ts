import { posix } from "node:path";
import type { RenderedSystem, Template } from "./rendered-system";

/** What an image brings along. */
export interface Image {
  /** ENTRYPOINT and CMD of the image, which `command` and `args` of a container take the place of. */
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** WORKDIR. */
  readonly workingDirectory: string;
  /** ENV. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Home of a user by number, as /etc/passwd of the image has it. */
  readonly homes?: Readonly<Record<number, string>>;
  /** Paths of files and directories that are there, or whose content matters. */
  readonly files: Readonly<Record<string, string>>;
}

interface Mounted {
  readonly path: string;
  /** Content by file, of a ConfigMap or a Secret. */
  readonly files?: Readonly<Record<string, string>>;
  readonly writable: boolean;
}

/**
 * A container of a pod as a runtime lays it out for its first process: command line, environment, working directory
 * and file system, by the rules of the Kubernetes API reference.
 */
export class Container {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  private readonly mounted: readonly Mounted[];

  constructor(
    readonly system: RenderedSystem,
    readonly template: Template,
    private readonly image: Image,
  ) {
    const { spec } = this;
    this.environment = {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: image.homes?.[template.spec.securityContext.runAsUser] ?? "/",
      HOSTNAME: this.name,
      ...image.environment,
      KUBERNETES_SERVICE_HOST: "10.96.0.1",
      ...this.declaredEnvironment(),
    };
    this.mounted = (spec.volumeMounts ?? []).map((mount: VolumeMount) => this.mount(mount));
    const command = spec.command ?? image.entrypoint ?? [];
    const args = spec.args ?? (spec.command ? [] : (image.command ?? []));
    this.arguments = [...command, ...args].map((each: string) => expand(each, this.environment));
    this.workingDirectory = spec.workingDir ?? image.workingDirectory;
  }

  /** Of the only container, as the pod template has it. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the template
  get spec(): any {
    return this.template.spec.containers[0];
  }

  get name(): string {
    return this.spec.name;
  }

  /** A path as the process sees it, from its working directory. */
  resolve(path: string): string {
    return posix.resolve(this.workingDirectory, path);
  }

  /** The content of a file; undefined where there is none, because the image has none or a volume lies over it. */
  read(path: string): string | undefined {
    const at = this.resolve(path);
    const volume = this.volumeAt(at);
    if (!volume) return this.image.files[at];
    return volume.path === at && volume.files
      ? volume.files[""]
      : volume.files?.[posix.relative(volume.path, at)];
  }

  /** Does nothing where a process may write, and fails as the system call does where it may not. */
  write(path: string): void {
    const at = this.resolve(path);
    if (this.volumeAt(at)?.writable) return;
    if (this.spec.securityContext.readOnlyRootFilesystem)
      throw new Error(`EROFS: read-only file system, open '${at}'`);
  }

  private volumeAt(path: string): Mounted | undefined {
    const over = this.mounted.filter(
      (volume) => path === volume.path || path.startsWith(`${volume.path.replace(/\/$/, "")}/`),
    );
    return over.sort((a, b) => b.path.length - a.path.length)[0];
  }

  private mount({ name, mountPath, readOnly, subPath }: VolumeMount): Mounted {
    const volume = this.template.spec.volumes?.find((each: { name: string }) => each.name === name);
    // That of a StatefulSet's own template.
    if (!volume) return { path: mountPath, writable: !readOnly };
    const writable = !readOnly && ("emptyDir" in volume || "persistentVolumeClaim" in volume);
    const files = this.filesOf(volume);
    if (files && subPath) return { path: mountPath, files: { "": files[subPath]! }, writable };
    return { path: mountPath, files, writable };
  }

  private filesOf(volume: Volume): Readonly<Record<string, string>> | undefined {
    if (volume.configMap) return this.system.configMap(volume.configMap.name);
    if (!volume.secret) return undefined;
    const values = this.system.secret(volume.secret.secretName);
    const items = volume.secret.items ?? Object.keys(values).map((key) => ({ key, path: key }));
    return Object.fromEntries(items.map(({ key, path }) => [path, values[key] ?? ""]));
  }

  private declaredEnvironment(): Record<string, string> {
    const environment: Record<string, string> = {};
    for (const { configMapRef, secretRef } of this.spec.envFrom ?? [])
      Object.assign(
        environment,
        configMapRef ? this.system.configMap(configMapRef.name) : this.system.secret(secretRef.name),
      );
    for (const variable of this.spec.env ?? []) {
      const value = this.valueOf(variable, environment);
      if (value !== undefined) environment[variable.name] = value;
    }
    return environment;
  }

  private valueOf(
    { name, value, valueFrom }: Variable,
    before: Readonly<Record<string, string>>,
  ): string | undefined {
    if (!valueFrom) return expand(value ?? "", before);
    if (valueFrom.fieldRef) return this.field(valueFrom.fieldRef.fieldPath);
    const { name: secret, key, optional } = valueFrom.secretKeyRef!;
    const found = this.system.secret(secret)[key];
    if (found === undefined && !optional)
      throw new Error(`CreateContainerConfigError: ${name} wants key ${key} of Secret ${secret}`);
    return found;
  }

  private field(path: string): string {
    const fields: Record<string, string> = {
      "metadata.name": `${this.name}-6c9f8d7b5-x2x4z`,
      "metadata.namespace": this.system.namespace,
      "status.podIP": "10.244.1.7",
    };
    return fields[path]!;
  }
}

/** Puts variables in for `$(NAME)`; a name that is unknown stays, and `$$` is one. */
function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]+)\)/g, (found, name) =>
    found === "$$" ? "$" : (variables[name] ?? found),
  );
}

interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
  readonly subPath?: string;
}

interface Volume {
  readonly configMap?: { readonly name: string };
  readonly secret?: {
    readonly secretName: string;
    readonly items?: readonly { readonly key: string; readonly path: string }[];
  };
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string };
    readonly secretKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean };
  };
}
