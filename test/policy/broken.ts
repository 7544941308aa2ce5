import { isDeepStrictEqual } from "node:util";
import { Field } from "../../policies/field";
import { Resource } from "../../policies/resource";
import type { Breakage } from "./breakages";

type Json = Record<string, unknown>;
type Keys = readonly (string | number)[];

/** An object broken in one way, in each of its pods where it is one of pods, at the first place where it can be. */
export function broken(resource: Resource, breakage: Breakage): Resource[] {
  const [object] = resource.objects;
  if (!object) return [];
  const roots = breakage.of === "pods" ? podsOf(resource) : object.kind === breakage.of ? [[]] : [];
  return roots.flatMap((root) => {
    const keys = breakage.path === "metadata.labels" && breakage.of === "pods" ? root.slice(0, -1) : root;
    const found = places(at(object.body.value, keys), breakage.path.split("."))
      .map((place) => [...keys, ...place])
      .flatMap((place) => {
        const body = structuredClone(plain(object.body.value)) as Json;
        const before = at(body, place);
        const { becomes } = breakage;
        if (before === undefined && (becomes === undefined || typeof becomes === "function")) return [];
        const after = typeof becomes === "function" ? becomes(before) : becomes;
        if (isDeepStrictEqual(before, after)) return [];
        set(body, place, after);
        return [new Resource(resource.type, resource.name, new Field(body), resource.source)];
      });
    return found.slice(0, 1);
  });
}

/** Where an object holds pods. */
function podsOf({ objects }: Resource): Keys[] {
  return objects[0]!.pods.map(({ spec }) => spec.keys);
}

/** The places of a path in a value: its last key need not be there. */
function places(value: unknown, [step, ...rest]: readonly string[]): Keys[] {
  if (typeof value !== "object" || value === null || step === undefined) return [];
  const key = step.replace("[]", "");
  const inner = (value as Json)[key];
  const heads: [Keys, unknown][] = step.endsWith("[]")
    ? (Array.isArray(inner) ? inner : []).map((each, index) => [[key, index], each])
    : [[[key], inner]];
  if (rest.length === 0) return heads.map(([head]) => head);
  return heads.flatMap(([head, each]) => places(each, rest).map((tail) => [...head, ...tail]));
}

function at(value: unknown, keys: Keys): unknown {
  return keys.reduce((inner, key) => (inner as Json | undefined)?.[key], value);
}

function set(value: Json, keys: Keys, becomes: unknown) {
  const outer = at(value, keys.slice(0, -1)) as Json;
  if (becomes === undefined) delete outer[keys.at(-1)!];
  else outer[keys.at(-1)!] = becomes;
}

/** A copy that can be cloned: what is not known stands as a text. */
function plain(value: unknown): unknown {
  if (typeof value === "symbol") return "unknown";
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
