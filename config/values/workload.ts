import { z } from "zod";
import { contradiction } from "./contradiction";
import { ownPlacement } from "./placement";
import { ownPullSecrets } from "./pull-secrets";
import { type AutoscalingDefaults, autoscaling, replicas } from "./replicas";
import { type ResourceDefaults, resources } from "./resources";
import { integer } from "./scalar";

export interface WorkloadDefaults {
  readonly resources: ResourceDefaults;
  /** How many run, where nothing is said; or between which bounds. Default: 1. */
  readonly scale?: { readonly replicas: number } | { readonly autoscaling: AutoscalingDefaults };
}

type Bounds = z.output<ReturnType<typeof autoscaling>>;

/** What may be said of each workload; a system adds to it, and makes it whole with `oneScale` and `withScale`. */
export function workloadShape(whose: string, { resources: size, scale = { replicas: 1 } }: WorkloadDefaults) {
  const bounds = "autoscaling" in scale ? scale.autoscaling : undefined;
  const usual = "replicas" in scale ? `${scale.replicas}` : "what autoscaling says by default";
  return {
    replicas: replicas()
      .describe(`How many ${whose} run. Default: ${usual}. Not together with autoscaling.`)
      .optional(),
    autoscaling: autoscaling(bounds).describe(`Lets an autoscaler choose the number of ${whose}.`).optional(),
    resources: resources(size).describe(`The size of each of the ${whose}.`).prefault({}),
    rolloutTimeoutSeconds: integer({ min: 10, max: 86400, unit: "seconds" })
      .describe("How long a roll-out may take before it has failed.")
      .prefault(600),
    imagePullSecrets: ownPullSecrets(),
    placement: ownPlacement(whose),
  };
}

/** Refuses a fixed number together with an autoscaler. */
export function oneScale(
  { replicas, autoscaling }: { replicas?: unknown; autoscaling?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (replicas === undefined || autoscaling === undefined) return;
  contradiction(context, {
    path: ["replicas"],
    input: replicas,
    message: "would fight the autoscaler, which chooses the number itself",
    accepts: "either replicas or autoscaling",
    beside: ["autoscaling"],
  });
}

/** The same for editors. */
export const oneScaleMeta = { not: { required: ["replicas", "autoscaling"] } };

/** Turns what was said of the number of pods into the scale of the workload. */
export function withScale({ scale = { replicas: 1 } }: WorkloadDefaults) {
  const usual = "replicas" in scale ? scale : { autoscaling: autoscaling(scale.autoscaling).parse({}) };
  return <C extends { replicas?: number; autoscaling?: Bounds; rolloutTimeoutSeconds: number }>({
    replicas,
    autoscaling: bounds,
    rolloutTimeoutSeconds: timeoutSeconds,
    ...rest
  }: C) => {
    const given = bounds ? { autoscaling: bounds } : replicas === undefined ? usual : { replicas };
    return { ...rest, timeoutSeconds, scale: given as { autoscaling: Bounds } | { replicas: number } };
  };
}

/** A workload of which nothing more may be said. */
export const workload = (whose: string, defaults: WorkloadDefaults) =>
  z
    .strictObject(workloadShape(whose, defaults))
    .superRefine(oneScale)
    .meta(oneScaleMeta)
    .transform(withScale(defaults));
