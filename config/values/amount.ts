export const QUANTITY = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2}|)$/;

const BINARY = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  "": 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};

/** An exact amount: `units` times ten to the power of `exponent`. */
export interface Amount {
  readonly units: bigint;
  readonly exponent: number;
}

/** A Kubernetes quantity (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/), exactly. */
export function parseQuantity(quantity: string): Amount | undefined {
  const found = QUANTITY.exec(quantity);
  if (!found) return undefined;
  const [, digits = "", suffix = ""] = found;
  const { units, exponent } = parseDecimal(digits);
  const binary = BINARY.indexOf(suffix);
  if (binary >= 0) return { units: units * 1024n ** BigInt(binary + 1), exponent };
  return { units, exponent: exponent + (DECIMAL[suffix] ?? Number(suffix.slice(1))) };
}

/** Digits with or without a point. */
export function parseDecimal(digits: string): Amount {
  const [whole = "", fraction = ""] = digits.split(".");
  return { units: BigInt(whole + fraction), exponent: -fraction.length };
}

/** How often `part` (a power of ten) goes into the amount; undefined where it does not go in evenly. */
export function inParts({ units, exponent }: Amount, part: number): bigint | undefined {
  const power = exponent - part;
  if (power >= 0) return units * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return units % divisor === 0n ? units / divisor : undefined;
}

/** Negative where `a` is less than `b`, positive where it is more; undefined where either is not a quantity. */
export function compareQuantities(a: unknown, b: unknown): number | undefined {
  const [left, right] = [parseQuantity(String(a)), parseQuantity(String(b))];
  if (!left || !right) return undefined;
  const finest = Math.min(left.exponent, right.exponent);
  const difference = inParts(left, finest)! - inParts(right, finest)!;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The whole bytes of a memory quantity; undefined where it is not one. */
export function bytesOf(quantity: unknown): bigint | undefined {
  const amount = parseQuantity(String(quantity));
  return amount && inParts(amount, 0);
}

/** The whole cores of a CPU quantity. */
export function wholeCores(cpu: string): number {
  return Number(inParts(parseQuantity(cpu)!, -3)! / 1000n);
}
