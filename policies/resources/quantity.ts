import type { Field } from "../field";

const pattern = /^(\d+)?(?:\.(\d*))?([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d{1,2})?$/;
const exponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
/** Kubernetes rounds up what is finer than a billionth. */
const finest = 9;

/** The billionths of a Kubernetes quantity, which is a text or a number; undefined where it is not one. */
export function billionths({ value }: Field): bigint | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const match = pattern.exec(String(value));
  if (!match || (match[1] ?? "") + (match[2] ?? "") === "") return undefined;
  const [, whole = "", fraction = "", suffix = ""] = match;
  const factor = 1024n ** BigInt(binary.indexOf(suffix) + 1);
  const exponent = exponents[suffix] ?? (/\d/.test(suffix) ? Number(suffix.slice(1)) : 0);
  const shift = exponent + finest - fraction.length;
  const units = BigInt(whole + fraction) * factor;
  return shift >= 0 ? units * 10n ** BigInt(shift) : units / 10n ** BigInt(-shift);
}

/** True of a quantity above zero: Kubernetes takes zero for no bound at all. */
export function isBound(field: Field): boolean {
  return (billionths(field) ?? 0n) > 0n;
}
