import type { z } from "zod";

/** A setting with the default that a system gives it; without one it has to be given. */
export function orGiven<S extends z.ZodType>(schema: S, value: z.input<S> | undefined): S {
  return value === undefined ? schema : (schema.prefault(value as never) as unknown as S);
}

/** A setting with the default that a system gives it; without one it may be left out. */
export function orLeftOut<S extends z.ZodType>(schema: S, value: z.input<S> | undefined): z.ZodOptional<S> {
  return orGiven(schema, value).optional();
}
