import { HIDDEN, looksSecret } from "./secret-looking";
import { show } from "./show";

export type Path = readonly (string | number)[];

/** A path in a stack's config as Pulumi's own `--path` takes it: muster:agentsmith.ingress.annotations["a.b/c"]. */
export function formatPath([key = "", ...rest]: Path): string {
  const first = String(key)
    .split(":")
    .map((part) => (looksSecret(part) ? HIDDEN : part))
    .join(":");
  return rest.reduce<string>((path, step) => path + formatStep(step), first);
}

function formatStep(step: string | number): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[A-Za-z_][\w-]*$/.test(step) && !looksSecret(step) ? `.${step}` : `[${show(step)}]`;
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
