import { UnknownValueError } from "@pulumi/policy";
import { unknown } from "./field";

/** A copy in which unknown values stand as such, and do not throw when they are read. */
export function withUnknowns(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copied = Object.keys(value).map((key): [string, unknown] => {
    try {
      return [key, withUnknowns(Reflect.get(value, key))];
    } catch (error) {
      if (error instanceof UnknownValueError) return [key, unknown];
      throw error;
    }
  });
  return Array.isArray(value) ? copied.map(([, item]) => item) : Object.fromEntries(copied);
}
