import { isWithheld } from "../../components/declared-resource";
import type { KubernetesObject } from "../api-server";
import { isRecord } from "./managed-fields";

/** The object with what is live in the place of values that an update only knows, and without those that are not there. */
export function withoutWithheld(declared: KubernetesObject, live: KubernetesObject): KubernetesObject {
  return filled(declared, live) as KubernetesObject;
}

function filled(declared: unknown, live: unknown): unknown {
  if (isWithheld(declared)) return live;
  // Items with such values do not exist: what is secret is a reference there.
  if (!isRecord(declared)) return declared;
  const there = isRecord(live) ? live : {};
  return Object.fromEntries(
    Object.entries(declared)
      .map(([key, value]) => [key, filled(value, there[key])] as const)
      .filter(([, value]) => value !== undefined),
  );
}
