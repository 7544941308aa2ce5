import { z } from "zod";
import { bytesOf } from "./amount";
import { contradiction } from "./contradiction";
import { image } from "./image";
import { type ProbesDefaults, probes } from "./probes";
import { redisBytes, redisMemory } from "./redis-memory";
import { type ResourceDefaults, resources } from "./resources";
import { isMapping, oneOf } from "./scalar";
import { podShape } from "./workload";

const policies = [
  "allkeys-lru",
  "allkeys-lfu",
  "allkeys-random",
  "volatile-lru",
  "volatile-lfu",
  "volatile-random",
  "volatile-ttl",
  "noeviction",
] as const;

export interface RedisDefaults {
  readonly maxMemory: string;
  readonly maxMemoryPolicy: (typeof policies)[number];
  readonly resources: ResourceDefaults;
  readonly probes: ProbesDefaults;
}

/** What may be said of a Redis of the system's own; a system adds to it, and checks it with `redisFits`. */
export const redisShape = (defaults: RedisDefaults) => ({
  image: image().describe("The image of Redis.").prefault("redis:7-alpine"),
  maxMemory: redisMemory()
    .describe("How much Redis keeps before it evicts; at most 80 % of its memory limit.")
    .prefault(defaults.maxMemory),
  maxMemoryPolicy: oneOf(policies)
    .describe("What Redis evicts when it is full.")
    .prefault(defaults.maxMemoryPolicy),
  resources: resources(defaults.resources).describe("The size of Redis.").prefault({}),
  probes: probes(defaults.probes),
  ...podShape("Redis"),
});

/** Refuses more memory for data than 80 % of the memory limit. */
export function redisFits(
  { maxMemory, resources }: { maxMemory: unknown; resources: unknown },
  context: z.core.$RefinementCtx,
): void {
  if (!isMapping(resources) || !isMapping(resources.limits)) return;
  const [kept, limit] = [redisBytes(maxMemory), bytesOf(resources.limits.memory)];
  // Client buffers, fragmentation and the process itself come on top of maxmemory.
  if (kept === undefined || limit === undefined || kept * 10n <= limit * 8n) return;
  contradiction(context, {
    path: ["maxMemory"],
    input: maxMemory,
    message: `is more than 80 % of the memory limit, ${resources.limits.memory}, and Redis needs the rest for itself`,
    accepts: "a smaller maxMemory, or a larger limit",
    beside: ["resources", "limits", "memory"],
  });
}

/** A Redis of the system's own. */
export const redis = (defaults: RedisDefaults) => z.strictObject(redisShape(defaults)).superRefine(redisFits);
