const WORDS = new Map<string, boolean | number | null>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF"].flatMap((word) => [
    [word, Number.POSITIVE_INFINITY] as const,
    [`+${word}`, Number.POSITIVE_INFINITY] as const,
    [`-${word}`, Number.NEGATIVE_INFINITY] as const,
  ]),
]);

/**
 * How the Pulumi CLI reads a plain scalar of a stack's file. It is neither YAML 1.1 nor 1.2: 010 is octal and 1_000 a
 * number, as in 1.1, while yes and 1:30 are text, as in 1.2. From gopkg.in/yaml.v3 3.0.1, resolve.go.
 */
export function readByPulumi(plain: string): string | number | boolean | null | Date {
  if (WORDS.has(plain)) return WORDS.get(plain)!;
  return timeOf(plain) ?? numberOf(plain) ?? plain;
}

const RADIXES: Readonly<Record<string, number>> = { "0x": 16, "0b": 2, "0o": 8, "0": 8 };

function numberOf(plain: string): number | undefined {
  const text = /^[-+.0-9]/.test(plain) ? plain.replaceAll("_", "") : "";
  const [, sign, prefix, digits] =
    /^([-+]?)(0[xX](?=[0-9a-fA-F]+$)|0[bB](?=[01]+$)|0[oO]?(?=[0-7]+$))([0-9a-fA-F]+)$/.exec(text) ?? [];
  if (prefix !== undefined) return Number.parseInt(`${sign}${digits}`, RADIXES[prefix.toLowerCase()]);
  return /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text) ? Number(text) : undefined;
}

/** A day, or a time of one. */
function timeOf(plain: string): Date | undefined {
  const [, year, month, day] =
    /^(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]\d\d?:\d\d?:\d\d?([.,]\d+)?(Z|[-+]\d\d:\d\d)| \d\d?:\d\d?:\d\d?([.,]\d+)?)?$/.exec(
      plain,
    ) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day) ? date : undefined;
}
