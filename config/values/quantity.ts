import { text, textOrNumber } from "./scalar";

const QUANTITY = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,2}|)$/;

const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
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
const LARGEST = 2n ** 63n - 1n;

/** An exact amount: `units` times ten to the power of `exponent`. */
interface Amount {
  readonly units: bigint;
  readonly exponent: number;
}

/** A Kubernetes quantity (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/), exactly. */
export function parseQuantity(quantity: string): Amount | undefined {
  const [, digits, suffix] = QUANTITY.exec(quantity) ?? [];
  if (digits === undefined || suffix === undefined) return undefined;
  const [whole = "", fraction = ""] = digits.split(".");
  const units = BigInt(whole + fraction);
  const binary = BINARY.indexOf(suffix);
  if (binary > 0) return { units: units * 1024n ** BigInt(binary), exponent: -fraction.length };
  const exponent = DECIMAL[suffix] ?? Number(suffix.slice(1));
  return { units, exponent: exponent - fraction.length };
}

/** How often `part` (a power of ten) goes into the amount; undefined where it does not go in evenly. */
function inParts({ units, exponent }: Amount, part: number): bigint | undefined {
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

function hint(quantity: string): string | undefined {
  if (/^-/.test(quantity)) return "is negative";
  if (/^[0-9.]+\s+\S+$/.test(quantity)) return "has a space in it";
  const unit = /^[0-9.]+([a-zA-Z]+)$/.exec(quantity)?.[1];
  if (!unit) return undefined;
  const meant = {
    kb: "Ki",
    mb: "Mi",
    gb: "Gi",
    tb: "Ti",
    kib: "Ki",
    mib: "Mi",
    gib: "Gi",
    tib: "Ti",
    mi: "Mi",
    gi: "Gi",
    ki: "Ki",
    g: "Gi",
  }[unit.toLowerCase()];
  return meant && `has the unit "${unit}", which Kubernetes does not know: it is written ${meant}`;
}

function tooMuch(amount: Amount): string | undefined {
  if (amount.units === 0n) return "is zero: Kubernetes takes that as no bound at all";
  const whole = amount.exponent < 0 ? amount.units / 10n ** BigInt(-amount.exponent) : inParts(amount, 0)!;
  return whole > LARGEST ? "is more than Kubernetes can count (2^63 - 1)" : undefined;
}

/** CPU time: cores, or thousandths of one with the suffix m. Refused: zero, less or finer than 1m. */
export const cpu = () =>
  textOrNumber({
    name: "a CPU quantity",
    example: "250m, 0.5 or 2",
    numbers: "number",
    pattern: QUANTITY,
    hint,
    check: (quantity) => {
      const amount = parseQuantity(quantity)!;
      return (
        tooMuch(amount) ??
        (inParts(amount, -3) === undefined ? "is finer than 1m, the least step of CPU" : undefined)
      );
    },
  });

/** An amount of bytes. Refused: zero, and anything that is not whole bytes (128m is 0.128 bytes). */
const bytes = (name: string, example: string) => ({
  name,
  example,
  pattern: QUANTITY,
  hint,
  check: (quantity: string) => {
    const amount = parseQuantity(quantity)!;
    if (tooMuch(amount)) return tooMuch(amount);
    if (inParts(amount, 0) !== undefined) return undefined;
    if (!quantity.endsWith("m")) return "is not a whole number of bytes";
    return `is in thousandths of a byte: the suffix of mebibytes is Mi, as in ${quantity}`.replace(
      /m$/,
      "Mi",
    );
  },
});

export const memory = () =>
  textOrNumber({ ...bytes("a memory quantity", "512Mi or 2Gi"), numbers: "number" });

/** The size of a volume: as memory, but a bare number is a forgotten suffix. */
export const storageSize = () => text(bytes("a storage size", "20Gi"));
