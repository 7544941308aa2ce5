/**
 * Annotations of an object that `destroy` keeps. The next `up` takes it over, and may want it changed. Each new object
 * of Pulumi's has an owner of its own for its fields; with a fixed one, the second life does not conflict with the first.
 */
export const keptAnnotations = { "pulumi.com/patchFieldManager": "muster" };
