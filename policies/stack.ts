import type { Field } from "./field";
import { grouped } from "./grouped";
import type { KubernetesObject } from "./kubernetes-object";
import type { Resource } from "./resource";
import { type Match, wantedLabels } from "./selector";
import { labelsOf, type Workload } from "./workload";

/** What selectors select: of a ServiceMonitor Services, of everything else pods. */
export type Selectable = "Pod" | "Service";

/** All objects of a stack, a folder or a namespace together, for rules that need more than one of them. */
export class Stack {
  readonly objects: readonly KubernetesObject[];
  /** Everything that makes pods. */
  readonly workloads: readonly Workload[];
  private readonly byKind: ReadonlyMap<string, readonly KubernetesObject[]>;
  private readonly byKindAndNamespace: ReadonlyMap<string, readonly KubernetesObject[]>;
  private readonly workloadsByNamespace: ReadonlyMap<string, readonly Workload[]>;

  constructor(resources: readonly Resource[]) {
    // A patch says too little of its object for anything that others depend on.
    this.objects = resources.flatMap(({ objects }) => objects).filter(({ isPatch }) => !isPatch);
    this.workloads = this.objects.flatMap((object) =>
      object.pods.filter(({ isPart }) => !isPart).map((pod) => ({ object, pod })),
    );
    this.byKind = grouped(this.objects, ({ qualifiedKind }) => qualifiedKind);
    this.byKindAndNamespace = grouped(this.objects, (each) => `${each.qualifiedKind} ${each.namespace}`);
    this.workloadsByNamespace = grouped(this.workloads, ({ object }) => object.namespace);
  }

  /** The objects of these kinds, as `qualifiedKind` says them. */
  objectsOf(...kinds: readonly string[]): readonly KubernetesObject[] {
    return all(kinds.map((kind) => this.byKind.get(kind)));
  }

  /** Those of a namespace. */
  objectsIn(namespace: string, ...kinds: readonly string[]): readonly KubernetesObject[] {
    return all(kinds.map((kind) => this.byKindAndNamespace.get(`${kind} ${namespace}`)));
  }

  find(kind: string, namespace: string, name: string): KubernetesObject | undefined {
    return this.objectsIn(namespace, kind).find((object) => object.name === name);
  }

  workloadsIn(namespace: string): readonly Workload[] {
    return this.workloadsByNamespace.get(namespace) ?? [];
  }

  /** Whether an operator may make an account: it calls what it makes of a custom resource by the resource's name. */
  mayBeMade(namespace: string, account: string): boolean {
    return this.objectsOfOperators(namespace).some(({ name }) => isOf(name, account));
  }

  /**
   * Whether an operator may make what a selector selects: it labels pods and Services by the name or kind of the custom
   * resource. What those of the stack itself have tells nothing of an operator's.
   */
  mayBeLabelled(namespace: string, selector: Field, of: Selectable): boolean {
    const own = this.selectable(namespace, of);
    const others = wantedLabels(selector).filter(
      ([key, value]) => !own.some((labels) => labels.at(key).text === value),
    );
    return this.objectsOfOperators(namespace).some(({ kind, name }) =>
      others.some(([, value]) => value === kind.toLowerCase() || isOf(name, value)),
    );
  }

  /** The labels of all that a selector could select. */
  private selectable(namespace: string, of: Selectable): Field[] {
    if (of === "Pod") return this.workloadsIn(namespace).map(labelsOf);
    return this.objectsIn(namespace, "Service").map(({ metadata }) => metadata.at("labels"));
  }

  private objectsOfOperators(namespace: string): readonly KubernetesObject[] {
    return this.objects.filter(
      (object) =>
        !object.isBuiltIn && object.namespace === namespace && object.pods.some(({ isPart }) => isPart),
    );
  }

  /** Whether what a selector selects is to be found in the stack: what is in kube-system is the cluster's own, unless the stack declares some. */
  declares(of: Selectable, namespace: string): boolean {
    return namespace !== "kube-system" || this.selectable(namespace, of).length > 0;
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

/** The lists as one: the list itself where there is one. */
function all<T>(lists: readonly (readonly T[] | undefined)[]): readonly T[] {
  return lists.length === 1 ? (lists[0] ?? []) : lists.flatMap((list) => list ?? []);
}

/** What several rules want to know of a stack, found once. */
export function oncePerStack<T>(find: (stack: Stack) => T): (stack: Stack) => T {
  const known = new WeakMap<Stack, { readonly found: T }>();
  return (stack) => {
    const found = known.get(stack) ?? { found: find(stack) };
    known.set(stack, found);
    return found.found;
  };
}

export interface Selected {
  readonly workloads: readonly Workload[];
  readonly unknown?: Field;
}

function isOf(name: string, made: string): boolean {
  return made === name || made.startsWith(`${name}-`);
}
