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

/** A duration in the one way in which Go prints it: 1h is 1h0m0s. Controllers write it back so, and take it over. */
export function canonicalDuration(duration: string): string {
  const milliseconds = parseDuration(duration)!;
  if (milliseconds < 1000) return `${milliseconds}ms`;
  const minutes = Math.floor(milliseconds / 60_000);
  const seconds = `${(milliseconds - minutes * 60_000) / 1000}s`;
  if (minutes === 0) return seconds;
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
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
