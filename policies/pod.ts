import type { Field } from "./field";

/** A pod, or the template of one, as the rules see it. */
export class Pod {
  readonly securityContext: Field;
  /** Every container there is: init containers and sidecars, containers, ephemeral containers. */
  readonly containers: readonly Container[];

  /** Somebody adds the rest before it runs: it answers for what it sets, not for what it leaves out. */
  readonly isPart: boolean;

  constructor(
    readonly metadata: Field,
    readonly spec: Field,
    options: { readonly isPart?: boolean; readonly containers?: readonly Field[] } = {},
  ) {
    this.isPart = options.isPart ?? false;
    // Custom resources that hold a pod's settings beside a container's call them so.
    const ofPod = spec.at("podSecurityContext");
    this.securityContext = this.isPart && ofPod.isSet ? ofPod : spec.at("securityContext");
    const containers = options.containers ?? containerLists.flatMap((list) => spec.at(list).items());
    this.containers = containers.map((field) => new Container(this, field));
  }

  /** Settings that only Linux has may not be set on such a pod, so none can be asked for. */
  get isWindows(): boolean {
    return this.spec.at("os", "name").value === "windows";
  }

  get lastingContainers(): readonly Container[] {
    return this.containers.filter(({ isLasting }) => isLasting);
  }
}

const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

export class Container {
  readonly securityContext: Field;
  /** A debugging container, added to a pod that runs: Kubernetes allows it no resources. */
  readonly isEphemeral: boolean;

  constructor(
    readonly pod: Pod,
    readonly field: Field,
  ) {
    this.securityContext = field.at("securityContext");
    this.isEphemeral = this.list === "ephemeralContainers";
  }

  get name(): string {
    return this.field.at("name").text ?? "";
  }

  /** Whether it runs as long as its pod does, as a container or a sidecar: then it may serve. */
  get isLasting(): boolean {
    if (this.list !== "initContainers") return !this.isEphemeral;
    return this.field.at("restartPolicy").value === "Always";
  }

  private get list() {
    return this.field.parent?.key;
  }
}
