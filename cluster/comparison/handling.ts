import type { KubernetesObject } from "../api-server";
import { inWords, type Path } from "./managed-fields";

/** What becomes of what others change, as a stack's config says it. */
export interface Handling {
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  /** As in messages; `*` stands for anything. */
  readonly field?: string;
  readonly action: "takeBack" | "leave" | "fail";
}

/** What is to become of a field, or of an object as a whole: the first line that fits; undefined where none does. */
export function handlingOf(
  handlings: readonly Handling[],
  { kind, metadata }: KubernetesObject,
  path: Path = [],
): Handling["action"] | undefined {
  return handlings.find(
    (each) =>
      each.kind === kind &&
      (each.namespace ?? metadata.namespace) === metadata.namespace &&
      (each.name ?? metadata.name) === metadata.name &&
      (each.field === undefined || within(inWords(path), each.field)),
  )?.action;
}

/** Whether a field is the one that is named, or in it. */
function within(field: string, pattern: string): boolean {
  const [first, ...rest] = pattern.split("*").map((part) => part.replace(/[.[\]^$()+?{}|\\]/g, "\\$&"));
  return new RegExp(`^${[first, ...rest].join(".*")}($|[.[])`).test(field);
}

const vitalKinds =
  /^(Namespace|Role|RoleBinding|ServiceAccount|(Cilium)?NetworkPolicy|ResourceQuota|Secret|(Validating|Mutating)AdmissionPolicy(Binding)?)$/;
const vitalFields = /^(spec\.(jobTemplate\.spec\.)?template|spec\.selector|template)($|[.[])/;

/** Whether a field bears on what others may do: such a one is never left to whoever took it. */
export function bearsOnSafety({ kind }: KubernetesObject, path: Path): boolean {
  return vitalKinds.test(kind) || vitalFields.test(inWords(path));
}
