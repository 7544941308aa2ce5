import { type Amount, inParts, parseQuantity, QUANTITY } from "./amount";
import { text, textOrNumber } from "./scalar";

const LARGEST = 2n ** 63n - 1n;

function hint(quantity: string): string | undefined {
  if (/^-/.test(quantity)) return "is negative";
  if (/^[0-9.]+\s+\S+$/.test(quantity)) return "has a space in it";
  const [, unit, prefix] = /^[0-9.]+(([kmgtpe])i?b?)$/i.exec(quantity) ?? [];
  return (
    prefix && `has the unit ${unit}, which Kubernetes does not know: it is written ${prefix.toUpperCase()}i`
  );
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
