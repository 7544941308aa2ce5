import type { KubernetesObject } from "../api-server";

/**
 * Fields of an object as the API server notes them: `f:` names a field, `k:` an item of a list by its keys, `v:` one of
 * a set by its value, `i:` one by its place; `.` is the thing itself.
 */
export interface Fields {
  readonly [step: string]: Fields;
}

/** A way into an object, by the same steps. */
export type Path = readonly string[];

/** Who wrote fields of an object, and when last. */
export interface Manager {
  readonly name: string;
  readonly since?: string;
}

/** What one manager owns of an object. */
export interface Owned {
  readonly manager: Manager;
  /** Place in the object's list of managed fields. */
  readonly index: number;
  readonly fields: Fields;
}

/** What Muster's own manager owns, as one, and what others do. What controllers say of the state is nobody's drift. */
export function ownership({ metadata }: KubernetesObject): {
  readonly own: Fields | undefined;
  readonly others: readonly Owned[];
} {
  const entries = ((metadata.managedFields ?? []) as readonly ManagedFields[]).map((entry, index) => ({
    ...entry,
    index,
  }));
  const ofPulumi = entries.filter(({ manager }) => /^(pulumi-|muster$)/.test(manager));
  // Another Pulumi program may have changed fields of it as well; but only Muster's own says whose the object is.
  const labelled = ofPulumi.filter(({ fieldsV1 }) => fieldsAt(fieldsV1, managedBy) !== undefined);
  const own = labelled.length > 0 ? labelled : ofPulumi;
  const others = entries.filter((entry) => !own.includes(entry) && entry.subresource !== "status");
  return {
    own: own.length > 0 ? own.map(({ fieldsV1 }) => fieldsV1).reduce(union) : undefined,
    others: others.map(({ manager, time, index, fieldsV1 }) => ({
      manager: { name: manager, since: time },
      index,
      fields: fieldsV1,
    })),
  };
}

const managedBy: Path = ["f:metadata", "f:labels", "f:app.kubernetes.io/managed-by"];

interface ManagedFields {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1: Fields;
}

/** Who writes what the object is to be, each once. */
export function managersOf({ metadata }: KubernetesObject): Manager[] {
  const entries: readonly ManagedFields[] = metadata.managedFields ?? [];
  const writing = entries.filter(({ subresource }) => subresource !== "status");
  return [...new Map(writing.map(({ manager, time }) => [manager, { name: manager, since: time }])).values()];
}

/** The name under which Pulumi applies the object; undefined where it has never done so. */
export function pulumiManager({ metadata }: KubernetesObject): string | undefined {
  const entries: readonly ManagedFields[] = metadata.managedFields ?? [];
  return entries.find(({ manager, operation }) => operation === "Apply" && /^(pulumi-|muster$)/.test(manager))
    ?.manager;
}

function union(one: Fields, other: Fields): Fields {
  const steps = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  return Object.fromEntries(steps.map((step) => [step, union(one[step] ?? {}, other[step] ?? {})]));
}

/** What of the fields lies behind a path; undefined where they do not hold it. */
export function fieldsAt(fields: Fields, path: Path): Fields | undefined {
  return path.reduce<Fields | undefined>((each, step) => each?.[step], fields);
}

/** The paths to what is owned as a whole. */
export function leaves(fields: Fields, path: Path = []): Path[] {
  const steps = Object.keys(fields);
  if (steps.length === 0) return [path];
  return steps.flatMap((step) => (step === "." ? [[...path, step]] : leaves(fields[step]!, [...path, step])));
}

/** What one step leads to in a value; undefined where there is nothing. */
export function stepInto(value: unknown, step: string): unknown {
  if (step === ".") return value;
  const name = step.slice(2);
  if (step.startsWith("f:")) return isRecord(value) ? value[name] : undefined;
  return Array.isArray(value) ? value[placeOf(value, step)] : undefined;
}

/** The place of an item that a step names in a list; -1 where it is not there. */
export function placeOf(list: readonly unknown[], step: string): number {
  const named = JSON.parse(step.slice(2));
  if (step.startsWith("i:")) return named < list.length ? named : -1;
  if (step.startsWith("v:")) return list.indexOf(named);
  // What is declared may leave a key to its default, as the protocol of a port.
  const keys = Object.entries(named);
  return list.findIndex(
    (item) =>
      isRecord(item) &&
      keys.some(([key, value]) => item[key] === value) &&
      keys.every(([key, value]) => item[key] === undefined || item[key] === value),
  );
}

/** A path as people write it: `spec.template.spec.containers[web].image`. */
export function inWords(path: Path): string {
  return path.reduce((before, step) => {
    if (step === ".") return before;
    const name = step.slice(2);
    if (!step.startsWith("f:")) return `${before}[${step.startsWith("k:") ? keysInWords(name) : name}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(name)) return `${before}[${JSON.stringify(name)}]`;
    return before ? `${before}.${name}` : name;
  }, "");
}

function keysInWords(keys: string): string {
  return Object.values(JSON.parse(keys)).join("/");
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
