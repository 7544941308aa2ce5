import { z } from "zod";
import { compareQuantities } from "./amount";
import { contradiction } from "./contradiction";
import { cpu, memory } from "./quantity";
import { isMapping } from "./scalar";

interface Sizes {
  readonly cpu: string;
  readonly memory: string;
}

export interface ResourceDefaults {
  readonly requests: Sizes;
  readonly limits: Sizes;
}

// With less, CRI-O starts no container: https://github.com/cri-o/cri-o/blob/main/docs/crio.conf.5.md (container_min_memory)
const LEAST_TO_START = "12Mi";

/** What a container asks for and what it may use at most; each of the four has its own default. Refused: a request above its limit. */
export function resources(defaults: ResourceDefaults) {
  const sizes = ({ cpu: cpuDefault, memory: memoryDefault }: Sizes, leastMemory: string) =>
    z.strictObject({
      cpu: cpu().describe("CPU in cores, or in thousandths of one with the suffix m.").prefault(cpuDefault),
      memory: memory(leastMemory)
        .describe("Memory in bytes, with a suffix such as Mi or Gi.")
        .prefault(memoryDefault),
    });
  return z
    .strictObject({
      requests: sizes(defaults.requests, "1Mi").describe("What the scheduler sets aside.").prefault({}),
      limits: sizes(defaults.limits, LEAST_TO_START)
        .describe("What the container may use at most.")
        .prefault({}),
    })
    .superRefine(({ requests, limits }, context) => {
      if (!isMapping(requests) || !isMapping(limits)) return;
      for (const name of ["cpu", "memory"] as const) {
        const order = compareQuantities(requests[name], limits[name]);
        if (order === undefined || order <= 0) continue;
        contradiction(context, {
          path: ["limits", name],
          input: limits[name],
          message: `is less than what is requested, ${requests[name]}`,
          accepts: "a limit that is at least the request",
          beside: ["requests", name],
        });
      }
    });
}
