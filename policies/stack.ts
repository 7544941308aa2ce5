import type { Field } from "./field";
import { grouped } from "./grouped";
import type { KubernetesObject } from "./kubernetes-object";
import type { Resource } from "./resource";
import type { Match } from "./selector";
import { labelsOf, type Workload } from "./workload";

/** All objects of a stack, a folder or a namespace together, for rules that need more than one of them. */
export class Stack {
  readonly objects: readonly KubernetesObject[];
  /** Everything that makes pods. */
  readonly workloads: readonly Workload[];
  private readonly byKind: ReadonlyMap<string, readonly KubernetesObject[]>;
  private readonly workloadsByNamespace: ReadonlyMap<string, readonly Workload[]>;

  constructor(resources: readonly Resource[]) {
    // A patch says too little of its object for anything that others depend on.
    this.objects = resources.flatMap(({ objects }) => objects).filter(({ isPatch }) => !isPatch);
    this.workloads = this.objects.flatMap((object) =>
      object.pods.filter(({ isPart }) => !isPart).map((pod) => ({ object, pod })),
    );
    this.byKind = grouped(this.objects, ({ isBuiltIn, kind, group }) =>
      isBuiltIn ? kind : `${group}/${kind}`,
    );
    this.workloadsByNamespace = grouped(this.workloads, ({ object }) => object.namespace);
  }

  /** The objects of a kind: of Kubernetes' own by its name, of others as in `monitoring.coreos.com/PodMonitor`. */
  objectsOf(...kinds: readonly string[]): readonly KubernetesObject[] {
    return kinds.flatMap((kind) => this.byKind.get(kind) ?? []);
  }

  find(kind: string, namespace: string, name: string): KubernetesObject | undefined {
    return this.objectsOf(kind).find(
      (object) => object.name === name && (!object.isNamespaced || object.namespace === namespace),
    );
  }

  workloadsIn(namespace: string): readonly Workload[] {
    return this.workloadsByNamespace.get(namespace) ?? [];
  }

  /**
   * Whether an operator may make what has one of these names, be it an account or the value of a label: it calls what it
   * makes of a custom resource by the resource's name or kind.
   */
  mayBeMadeOf(namespace: string, names: readonly string[]): boolean {
    return this.objects.some(
      ({ isBuiltIn, pods, kind, name, namespace: home }) =>
        !isBuiltIn &&
        home === namespace &&
        pods.some(({ isPart }) => isPart) &&
        names.some((each) => each === kind.toLowerCase() || each === name || each.startsWith(`${name}-`)),
    );
  }

  /** The workloads of a namespace whose pods match, and the first field that would have to be known for others. */
  selected(namespace: string, matches: (labels: Field) => Match): Selected {
    const found = this.workloadsIn(namespace).map((workload) => ({
      workload,
      match: matches(labelsOf(workload)),
    }));
    return {
      workloads: found.filter(({ match }) => match === true).map(({ workload }) => workload),
      unknown: found.map(({ match }) => match).find((match): match is Field => typeof match !== "boolean"),
    };
  }
}

/** The namespace of the cluster's own pods and roles, which no program declares. */
export const systemNamespace = "kube-system";

export interface Selected {
  readonly workloads: readonly Workload[];
  readonly unknown?: Field;
}
