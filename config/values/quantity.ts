import { type Amount, bytesOf, inParts, parseQuantity, QUANTITY } from "./amount";
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

/** CPU time: cores, or thousandths of one with the suffix m. Refused: zero, less or finer than 1m, and 100 cores or more where they may be a forgotten m. */
export const cpu = () =>
  textOrNumber({
    name: "a CPU quantity",
    example: "250m, 0.5 or 2",
    numbers: { type: "number", minimum: 0.001, maximum: 99.999 },
    pattern: QUANTITY,
    hint,
    check: (quantity) => {
      const amount = parseQuantity(quantity)!;
      const problem = tooMuch(amount);
      if (problem) return problem;
      const thousandths = inParts(amount, -3);
      if (thousandths === undefined) return "is finer than 1m, the least step of CPU";
      return thousandths >= 100_000n && !quantity.endsWith("m")
        ? `is ${thousandths / 1000n} cores: thousandths of one have the suffix m; if cores are meant, write ${thousandths}m`
        : undefined;
    },
  });

/** An amount of bytes. Refused: zero, less than `least`, and anything that is not whole bytes (128m is 0.128 bytes). */
const bytes = (name: string, example: string, least: string, suffix: string) => ({
  name,
  example,
  pattern: QUANTITY,
  hint,
  check: (quantity: string) => {
    const amount = parseQuantity(quantity)!;
    const problem = tooMuch(amount);
    if (problem) return problem;
    const count = inParts(amount, 0);
    if (count !== undefined && count >= bytesOf(least)!) return undefined;
    if (/^[0-9]+$/.test(quantity))
      return `is ${quantity} bytes: the suffix is missing, as in ${quantity}${suffix}`;
    if (count !== undefined) return `is less than ${least}`;
    if (!quantity.endsWith("m")) return "is not a whole number of bytes";
    return `is in thousandths of a byte: the suffix of mebibytes is Mi, as in ${quantity}`.replace(
      /m$/,
      "Mi",
    );
  },
});

/** The memory of a container: at least `least`, as a quantity. */
export const memory = (least: string) =>
  textOrNumber({
    ...bytes("a memory quantity", "512Mi or 2Gi", least, "Mi"),
    numbers: { type: "integer", minimum: Number(bytesOf(least)), maximum: Number.MAX_SAFE_INTEGER },
  });

/** The size of a volume: at least 1Mi. */
export const storageSize = () => text(bytes("a storage size", "20Gi", "1Mi", "Gi"));
