import { unknown } from "../../policies/field";

/** What a text of manifests says of values that Pulumi does not know before `up`: `[unknown]` stands for each. */
export function withUnknowns(value: unknown): unknown {
  if (value === "[unknown]") return unknown;
  if (Array.isArray(value)) return value.map(withUnknowns);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withUnknowns(each)]));
}
