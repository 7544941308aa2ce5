import { inParts, parseDecimal } from "./amount";
import { text } from "./scalar";

const DURATION = /^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$/;
const MILLISECONDS: Readonly<Record<string, bigint>> = { ms: 1n, s: 1000n, m: 60_000n, h: 3_600_000n };
const TEN_YEARS = 10n * 8766n * 3_600_000n;

/** The milliseconds of a duration such as 1h30m, exactly; undefined where it is not one of whole milliseconds. */
export function parseDuration(duration: string): bigint | undefined {
  if (!DURATION.test(duration)) return undefined;
  let total = 0n;
  for (const [, amount, unit] of duration.matchAll(/([0-9.]+)(ms|s|m|h)/g)) {
    const { units, exponent } = parseDecimal(amount!);
    const milliseconds = inParts({ units: units * MILLISECONDS[unit!]!, exponent }, 0);
    if (milliseconds === undefined) return undefined;
    total += milliseconds;
  }
  return total;
}

/** A duration of a second or more in the one way in which Go prints it: 1h is 1h0m0s. Controllers write it back so, and take it over. */
export function canonicalDuration(duration: string): string {
  const milliseconds = Number(parseDuration(duration)!);
  const [hours, minutes] = [Math.floor(milliseconds / 3_600_000), Math.floor(milliseconds / 60_000) % 60];
  const seconds = `${(milliseconds % 60_000) / 1000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/**
 * A length of time as Go writes it. Refused: days (which are not all of one length), parts of a millisecond, less than
 * a second, and more than ten years.
 */
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
      const milliseconds = parseDuration(duration);
      if (milliseconds === undefined) return "is finer than a millisecond";
      if (milliseconds === 0n) return "is zero";
      if (milliseconds < 1000n) return "is less than a second";
      return milliseconds > TEN_YEARS ? "is more than ten years" : undefined;
    },
  });
