import { isWithheld } from "../../components/declared-resource";
import { isRecord, type Path } from "./managed-fields";
import { amount } from "./quantity";

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
