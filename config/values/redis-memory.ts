import { textOrNumber } from "./scalar";

// https://github.com/redis/redis/blob/7.2/redis.conf: "1k => 1000 bytes, 1kb => 1024 bytes", case-insensitive.
const REDIS_MEMORY = /^([0-9]+)([bB]|[kKmMgG][bB]?|)$/;
const UNIT: Readonly<Record<string, bigint>> = {
  "": 1n,
  b: 1n,
  k: 1000n,
  kb: 1024n,
  m: 1000n ** 2n,
  mb: 1024n ** 2n,
  g: 1000n ** 3n,
  gb: 1024n ** 3n,
};

/** The bytes of an amount as Redis writes it; undefined where it is not one. */
export function redisBytes(amount: unknown): bigint | undefined {
  const [, digits, unit] = REDIS_MEMORY.exec(String(amount)) ?? [];
  if (digits === undefined || unit === undefined) return undefined;
  return BigInt(digits) * UNIT[unit.toLowerCase()]!;
}

const LEAST = UNIT.mb!;

/** An amount of memory in Redis' own units. Refused: 0, which is "without bound" to Redis, less than 1mb, and Kubernetes' suffixes. */
export const redisMemory = () =>
  textOrNumber({
    name: "an amount of memory as Redis writes it",
    example: "256mb or 2gb",
    numbers: { type: "integer", minimum: Number(LEAST), maximum: Number.MAX_SAFE_INTEGER },
    pattern: REDIS_MEMORY,
    hint: (amount) =>
      /^[0-9]+[kmg]i$/i.test(amount)
        ? `has a Kubernetes suffix: Redis writes ${redisForm(amount)}`
        : undefined,
    check: (amount) => {
      const bytes = redisBytes(amount)!;
      if (bytes === 0n) return "is zero, which Redis takes as no bound at all";
      if (bytes >= LEAST) return undefined;
      return /^[0-9]+$/.test(amount)
        ? `is ${amount} bytes: the suffix is missing, as in ${amount}mb`
        : "is less than 1mb, which an empty Redis takes for itself";
    },
  });

const redisForm = (amount: string) => amount.toLowerCase().replace(/i$/, "b");
