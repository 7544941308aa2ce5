import type { Field } from "./field";

/** A pod, or the template of one, as the rules see it. */
export class Pod {
  readonly metadata: Field;
  readonly spec: Field;
  readonly securityContext: Field;
  /** Every container there is: init containers and sidecars, containers, ephemeral containers. */
  readonly containers: readonly Container[];

  constructor(template: Field) {
    this.metadata = template.at("metadata");
    this.spec = template.at("spec");
    this.securityContext = this.spec.at("securityContext");
    this.containers = containerLists.flatMap((list) =>
      this.spec
        .at(list)
        .items()
        .map((field) => new Container(this, field, list === "ephemeralContainers")),
    );
  }

  /** Settings that only Linux has may not be set on such a pod, so none can be asked for. */
  get isWindows(): boolean {
    return this.spec.at("os", "name").value === "windows";
  }
}

const containerLists = ["initContainers", "containers", "ephemeralContainers"] as const;

export class Container {
  readonly securityContext: Field;

  constructor(
    readonly pod: Pod,
    readonly field: Field,
    /** A debugging container, added to a pod that runs: Kubernetes allows it no resources. */
    readonly isEphemeral: boolean,
  ) {
    this.securityContext = field.at("securityContext");
  }

  /** A security setting as Kubernetes resolves it: the container's own, else the pod's. */
  effective(setting: string): Field {
    const own = this.securityContext.at(setting);
    const inherited = this.pod.securityContext.at(setting);
    return own.isSet || !inherited.isSet ? own : inherited;
  }
}
