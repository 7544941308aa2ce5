import type { z } from "zod";

/** Two values that are right each on its own and cannot stand together. */
export interface Contradiction {
  /** Where the error is reported, seen from the mapping that holds both. */
  readonly path: readonly string[];
  /** The value there, as given or by default. */
  readonly input: unknown;
  /** What is wrong with it: "is less than what is requested, 100m". */
  readonly message: string;
  readonly accepts: string;
  /** The other of the two, from the same mapping; or those that it may be. */
  readonly beside: readonly string[] | readonly (readonly string[])[];
}

export function contradiction(
  context: z.core.$RefinementCtx,
  { path, message, ...params }: Contradiction,
): void {
  context.addIssue({ code: "custom", path: [...path], message, params: { ...params, depth: path.length } });
}
