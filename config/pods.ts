import type { z } from "zod";
import type { placement } from "./values/placement";
import { isMapping } from "./values/scalar";

/** What a system's config says of the pods of all its workloads. */
export interface OfSystem {
  readonly placement: z.output<ReturnType<typeof placement>>;
  readonly imagePullSecrets: string[];
}

/** A config in which each workload has what it says of its pods, and else what its system says. */
export type WithPods<Config> = { [Key in keyof Config]: Pods<Config[Key]> };

// Only what `podShape` describes has this key.
type Pods<Value> = Value extends { safeToEvict: boolean } ? Omit<Value, keyof OfSystem> & OfSystem : Value;

/** Hands on to each workload what its system says of pods: of a placement, each key that it does not give itself. */
export function withPods<Config extends OfSystem>(config: Config): WithPods<Config> {
  const { placement, imagePullSecrets } = config;
  const handedOn = Object.entries(config).map(([key, value]) => {
    if (!isMapping(value) || !("safeToEvict" in value)) return [key, value];
    const own = value as Partial<OfSystem>;
    return [
      key,
      {
        ...value,
        placement: { ...placement, ...own.placement },
        imagePullSecrets: own.imagePullSecrets ?? imagePullSecrets,
      },
    ];
  });
  return Object.fromEntries(handedOn) as WithPods<Config>;
}
