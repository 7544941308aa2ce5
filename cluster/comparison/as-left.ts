import * as pulumi from "@pulumi/pulumi";
import type { Comparison } from "./compare";
import { resourceKey } from "./declared-objects";
import { isRecord, type Path, placeOf } from "./managed-fields";

/** Declares what is left to others as they have it: an update then neither changes it nor is in conflict with them. */
export function asLeft({ drifted }: Pick<Comparison, "drifted">): pulumi.ResourceTransformation {
  const left = new Map(
    drifted.map(({ object, left }) => [
      object.resource,
      left.filter(({ declared }) => declared !== undefined),
    ]),
  );
  return ({ type, name, props, opts }) => {
    const fields = left.get(resourceKey(type, name)) ?? [];
    if (fields.length === 0) return undefined;
    return {
      props: fields.reduce((all, { path, live }) => withValue(all, path, live) as pulumi.Inputs, props),
      opts,
    };
  };
}

/** A copy of a value in which another stands at a path; undefined takes out what is there. What is not known stays. */
export function withValue(whole: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (pulumi.Output.isInstance(whole)) return whole;
  if (Array.isArray(whole)) {
    const place = placeOf(whole, step);
    return whole.flatMap((item, index) =>
      index === place ? [withValue(item, rest, value)].filter((each) => each !== undefined) : [item],
    );
  }
  if (!isRecord(whole)) return whole;
  const name = step.slice(2);
  const { [name]: before, ...others } = whole;
  const after = withValue(before, rest, value);
  return after === undefined ? others : { ...others, [name]: after };
}
