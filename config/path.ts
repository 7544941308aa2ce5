import { show } from "./show";

export type Path = readonly (string | number)[];

/** A path in a stack's config as Pulumi's own `--path` takes it: muster:agentsmith.ingress.annotations["a.b/c"]. */
export function formatPath([key = "", ...rest]: Path): string {
  return rest.reduce<string>((path, step) => path + formatStep(step), String(key));
}

function formatStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[A-Za-z_][\w-]*$/.test(step) ? `.${step}` : `[${show(step)}]`;
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      typeof at === "object" && at !== null && Object.hasOwn(at, step)
        ? at[step as keyof typeof at]
        : undefined,
    value,
  );
}
