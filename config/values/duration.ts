import { text } from "./scalar";

const DURATION = /^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$/;
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The milliseconds of a duration such as 1h30m; undefined where it is not one. */
export function parseDuration(duration: string): number | undefined {
  if (!DURATION.test(duration)) return undefined;
  let total = 0;
  for (const [, amount, unit] of duration.matchAll(/([0-9.]+)(ms|s|m|h)/g))
    total += Number(amount) * MILLISECONDS[unit!]!;
  return total;
}

/** A length of time as Go writes it. Refused: zero, days (which are not all of one length), and more than ten years. */
export const duration = () =>
  text({
    name: "a duration",
    rule: "hours h, minutes m, seconds s, milliseconds ms",
    example: "90s or 1h30m",
    pattern: DURATION,
    hint: (duration) => {
      if (/^-/.test(duration)) return "is negative";
      if (/^[0-9.]+$/.test(duration)) return "has no unit";
      if (/d$/.test(duration)) return "is in days, which durations do not know: write hours";
      return undefined;
    },
    check: (duration) => {
      const milliseconds = parseDuration(duration)!;
      if (milliseconds === 0) return "is zero";
      return milliseconds > 10 * 8766 * 3_600_000 ? "is more than ten years" : undefined;
    },
  });
