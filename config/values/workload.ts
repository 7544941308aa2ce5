import { z } from "zod";
import { contradiction } from "./contradiction";
import { annotations } from "./label";
import { ownPlacement } from "./placement";
import { type ProbesDefaults, probes } from "./probes";
import { ownPullSecrets } from "./pull-secrets";
import { type AutoscalingDefaults, autoscaling, replicas } from "./replicas";
import { type ResourceDefaults, resources } from "./resources";
import { flag, integer, isMapping } from "./scalar";
import { serviceAccount } from "./service-account";

export interface PodDefaults {
  /** Seconds that one may take to stop. Default: 30, as in Kubernetes. */
  readonly terminationGracePeriodSeconds?: number;
  /** Whether a node autoscaler may end one. Default: true. */
  readonly safeToEvict?: boolean;
}

/** What may be said of the pods of any workload. */
export function podShape(
  whose: string,
  { terminationGracePeriodSeconds = 30, safeToEvict = true }: PodDefaults = {},
) {
  return {
    // Its first 5 s go by in the preStop hook, before the process is told to stop.
    terminationGracePeriodSeconds: integer({ min: 10, max: 604_800, unit: "seconds" })
      .describe("How long a pod may take to stop before it is ended by force.")
      .prefault(terminationGracePeriodSeconds),
    safeToEvict: flag()
      .describe("Whether a node autoscaler may end a pod to save its node.")
      .prefault(safeToEvict),
    podAnnotations: podAnnotations()
      .describe("Annotations of the pods, for what else runs in the cluster.")
      .prefault({}),
    serviceAccount: serviceAccount()
      .describe("Who the pods are to the API server and the cloud.")
      .prefault({}),
    imagePullSecrets: ownPullSecrets(),
    placement: ownPlacement(whose),
  };
}

/** Refused: annotations that Muster writes itself. */
const podAnnotations = () =>
  annotations().superRefine((given, context) => {
    if (!isMapping(given)) return;
    for (const key of Object.keys(given)) {
      const message = saidElsewhere(key);
      if (message) context.addIssue({ code: "custom", path: [key], message, params: { input: given[key] } });
    }
  });

function saidElsewhere(key: string): string | undefined {
  if (["cluster-autoscaler.kubernetes.io/safe-to-evict", "karpenter.sh/do-not-disrupt"].includes(key))
    return "is what safeToEvict says";
  return key.startsWith("muster.dev/") ? "is an annotation of Muster's own" : undefined;
}

export interface WorkloadDefaults extends PodDefaults {
  readonly resources: ResourceDefaults;
  readonly probes: ProbesDefaults;
  /** How many run, where nothing is said; or between which bounds. Default: 1. */
  readonly scale?: { readonly replicas: number } | { readonly autoscaling: AutoscalingDefaults };
  /** Seconds after which a roll-out has failed. Default: 600. */
  readonly rolloutTimeoutSeconds?: number;
}

type Bounds = z.output<ReturnType<typeof autoscaling>>;

/** What may be said of each workload; a system adds to it, and makes it whole with `oneScale` and `withScale`. */
export function workloadShape(
  whose: string,
  {
    resources: size,
    scale = { replicas: 1 },
    probes: timings,
    rolloutTimeoutSeconds = 600,
    ...pod
  }: WorkloadDefaults,
) {
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
      .prefault(rolloutTimeoutSeconds),
    probes: probes(timings),
    ...podShape(whose, pod),
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

/** Refuses a roll-out timeout below the grace of the old pods: new ones may find no room until these have ended. */
export function waitsForTheOld(
  {
    rolloutTimeoutSeconds: timeout,
    terminationGracePeriodSeconds: grace,
  }: { rolloutTimeoutSeconds?: unknown; terminationGracePeriodSeconds?: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (typeof timeout !== "number" || typeof grace !== "number" || timeout >= grace) return;
  contradiction(context, {
    path: ["rolloutTimeoutSeconds"],
    input: timeout,
    message: `is less than terminationGracePeriodSeconds, ${grace}: where the new pods find no room before the old ones have ended, it fails`,
    accepts: `at least ${grace}`,
    beside: ["terminationGracePeriodSeconds"],
  });
}

/** `oneScale` for editors. */
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
    .superRefine(waitsForTheOld)
    .meta(oneScaleMeta)
    .transform(withScale(defaults));
