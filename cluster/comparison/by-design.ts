import type { KubernetesObject } from "../api-server";
import { type Path, stepInto } from "./managed-fields";

/** What others write into an object that Muster declared, because that is how a cluster works. */
interface ByDesign {
  readonly kind?: string;
  /** How a path begins, each step a pattern. */
  readonly path: readonly RegExp[];
  /** Who writes it. Left out: anybody. */
  readonly manager?: RegExp;
  readonly because: string;
}

const named = (...names: readonly string[]) => names.map((name) => new RegExp(`^f:${name}$`));

/** Every one of them, as docs/operations.md lists them. */
const byDesign: readonly ByDesign[] = [
  {
    path: [
      ...named("spec", "template", "metadata", "annotations"),
      /^f:kubectl\.kubernetes\.io\/restartedAt$/,
    ],
    because: "`kubectl rollout restart` notes its time there",
  },
  {
    kind: "Secret",
    path: [/^f:(data|immutable)$/],
    manager: /^externalsecrets\.external-secrets\.io/,
    because: "the External Secrets Operator brings these keys",
  },
  {
    kind: "ExternalSecret",
    path: named("spec", "target", "template", "metadata"),
    manager: /^external-secrets/,
    because: "the External Secrets Operator completes the template of the Secret",
  },
  {
    kind: "PersistentVolumeClaim",
    path: named("spec", "volumeName"),
    because: "a claim is bound to its volume",
  },
  {
    kind: "PersistentVolumeClaim",
    path: named("spec", "(storageClassName|volumeMode)"),
    because: "where none is declared a claim has the class and mode that it was made with, for good",
  },
  {
    kind: "ServiceAccount",
    path: [/^f:(secrets|imagePullSecrets)$/],
    manager: /^(kube-controller-manager|openshift-controller-manager|cluster-image-registry-operator)/,
    because: "controllers hand it its tokens and pull secrets",
  },
  {
    kind: "Job",
    path: [/^f:spec$/, /^f:(suspend|template)$/],
    manager: /kueue/i,
    because: "a queue holds a Job until there is room",
  },
];

/** Whether somebody may have written where nothing is declared without that being drift. */
export function isByDesign(live: KubernetesObject, path: Path, manager: string, declared: unknown): boolean {
  if (isReplicasOfAutoscaler(live, path)) return true;
  if (isForeignMark(path, declared)) return true;
  return byDesign.some(
    (each) =>
      (each.kind ?? live.kind) === live.kind &&
      (each.manager?.test(manager) ?? true) &&
      each.path.every((step, place) => step.test(path[place] ?? "")),
  );
}

/** Where no number is declared an autoscaler sets it; one that finds 0 there does nothing any more. */
function isReplicasOfAutoscaler(live: KubernetesObject, path: Path): boolean {
  return path.join(".") === "f:spec.f:replicas" && live.spec.replicas > 0;
}

/**
 * What marks an object from outside: labels, annotations, finalizers and owners that are not declared. A label or an
 * annotation of a family of which the object declares some may change what those do.
 */
function isForeignMark([first, field, entry]: Path, declared: unknown): boolean {
  if (first !== "f:metadata" || field === undefined) return false;
  if (entry === undefined || !/^f:(labels|annotations)$/.test(field)) return true;
  const marks = Object.keys(stepsInto(declared, [first, field]) ?? {});
  return !marks.some((mark) => family(mark) === family(entry.slice(2)));
}

/** What stands before the slash: `pod-security.kubernetes.io`. */
function family(mark: string): string {
  return mark.includes("/") ? mark.slice(0, mark.indexOf("/")) : "";
}

function stepsInto(value: unknown, path: Path): unknown {
  return path.reduce(stepInto, value);
}
