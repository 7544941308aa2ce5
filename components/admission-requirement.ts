/** One thing that the API server asks of an object, and says when it is not so. Expressions are CEL. */
export interface Requirement {
  /** Names it in the refusal. */
  readonly id: string;
  /** The field that it is about, as a path of the object. */
  readonly field: string;
  readonly holds: string;
  /** A text of what is there instead. */
  readonly found: string;
  /** What would do, in words. */
  readonly allowed: string;
}

/** The requirement as a ValidatingAdmissionPolicy has it. */
export function validation({ id, field, holds, found, allowed }: Requirement) {
  const [before, after] = [text(`${id}: ${field} is `), text(`; allowed: ${allowed}`)];
  return {
    expression: holds,
    message: `${id}: ${field} is not allowed; allowed: ${allowed}`,
    messageExpression: `${before} + (${found}) + ${after}`,
    reason: "Forbidden",
  };
}

/** What every container `c` of a pod has to hold; `foundIn` is the text of what one has instead. */
export function everyContainer({
  holds,
  foundIn,
  ...rest
}: Omit<Requirement, "found"> & { readonly foundIn: string }): Requirement {
  return {
    ...rest,
    holds: `variables.containers.all(c, ${holds})`,
    found: `variables.containers.filter(c, !(${holds})).map(c, ${foundIn}).join(', ')`,
  };
}

/** A text as CEL writes it. */
export function text(value: string): string {
  return JSON.stringify(value);
}

export function list(values: readonly string[]): string {
  return `[${[...new Set(values)].map(text).join(", ")}]`;
}

export function map(values: Readonly<Record<string, string>>): string {
  return `{${Object.entries(values)
    .map(([key, value]) => `${text(key)}: ${text(value)}`)
    .join(", ")}}`;
}

/** In words. */
export function oneOf(values: readonly string[]): string {
  return values.length > 0 ? [...new Set(values)].join(", ") : "none";
}
