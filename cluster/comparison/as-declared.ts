import { isWithheld } from "../../components/declared-resources";
import { isRecord, type Path } from "./managed-fields";

/**
 * Whether a live value is what is declared at a path: the API server writes quantities and empty fields in its own way.
 * Of what is known in an update only, it is enough that there is something.
 */
export function isAsDeclared(declared: unknown, live: unknown, path: Path): boolean {
  if (declared === live || (isEmpty(declared) && isEmpty(live))) return true;
  if (isWithheld(declared)) return live !== undefined;
  if (Array.isArray(declared) && Array.isArray(live))
    return (
      declared.length === live.length &&
      declared.every((each, place) => isAsDeclared(each, live[place], path))
    );
  if (isRecord(declared) && isRecord(live))
    return [...new Set([...Object.keys(declared), ...Object.keys(live)])].every((key) =>
      isAsDeclared(declared[key], live[key], [...path, `f:${key}`]),
    );
  return path.some((step) => ofQuantities.has(step)) && amount(declared) === amount(live);
}

/** An empty list or mapping that nobody sees. */
function isEmpty(value: unknown): boolean {
  return (
    value === undefined ||
    value === null ||
    (typeof value === "object" && Object.keys(value as object).length === 0)
  );
}

const ofQuantities = new Set(["f:limits", "f:requests", "f:hard", "f:sizeLimit", "f:averageValue"]);

const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity as a number; what is none, as it is. */
function amount(value: unknown): unknown {
  const [, digits, unit] =
    /^([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)([numkMGTPE]i?|Ki)?$/.exec(String(value)) ?? [];
  const factor = units[unit ?? ""];
  return digits === undefined || factor === undefined
    ? value
    : Number((Number(digits) * factor).toPrecision(12));
}
