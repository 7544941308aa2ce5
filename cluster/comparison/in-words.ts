import { isWithheld } from "../../components/declared-resource";
import type { KubernetesObject } from "../api-server";
import { isAsDeclared } from "./as-declared";
import type { Difference } from "./differences";
import { inWords, isRecord, type Manager, type Path } from "./managed-fields";

/** What to call an object: `Deployment agentsmith/dispatcher`. */
export function title({ kind, metadata: { namespace, name } }: KubernetesObject): string {
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

/** What is different, and who says so: `spec.replicas is 0, declared is 1 (kubectl, 2026-11-26 16:20:11 UTC)`. */
export function differenceInWords(kind: string, { path, declared, live, by }: Difference): string {
  const managers = by.length > 0 ? ` (${by.map(managerInWords).join(", ")})` : "";
  return `${inWords(path)} ${compared(kind, path, declared, live)}${managers}`;
}

/** A field that is not there yet: `metadata.labels[team] becomes "a"`. */
export function addedInWords({ path, declared }: Difference): string {
  return `${inWords(path)} becomes ${shortened(declared)}`;
}

function compared(kind: string, path: Path, declared: unknown, live: unknown): string {
  const shown = (value: unknown) => shownValue(kind, path, value);
  if (declared === undefined) return `is ${shown(live)}, and not declared`;
  if (live === undefined) return `is taken out, declared is ${shortened(declared)}`;
  const [added, lost] = [beyond(live, declared, path), beyond(declared, live, path)];
  if (added === undefined && lost === undefined)
    return `is ${shown(live)}, declared is ${shortened(declared)}`;
  return [
    ...(added === undefined ? [] : [`has ${shown(added)}, which is not declared`]),
    ...(lost === undefined ? [] : [`lacks ${shortened(lost)}`]),
  ].join(" and ");
}

/** What of a list or mapping the other one does not have; undefined where that is nothing, or all there is to say. */
function beyond(one: unknown, other: unknown, path: Path): unknown {
  if (Array.isArray(one) && Array.isArray(other)) {
    const more = one.filter((item) => !other.some((each) => isAsDeclared(item, each, path)));
    return more.length > 0 ? more : undefined;
  }
  if (!isRecord(one) || !isRecord(other)) return undefined;
  const more = Object.entries(one).filter(([key, value]) => !isAsDeclared(value, other[key], path));
  return more.length > 0 ? Object.fromEntries(more) : undefined;
}

export function managerInWords({ name, since }: Manager): string {
  return since ? `${name}, ${since.replace("T", " ").replace("Z", " UTC")}` : name;
}

const longest = 160;

/** A value in one line that does not fill the screen. */
export function shortened(value: unknown): string {
  if (isWithheld(value)) return `${value}`;
  const text = JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)} …` : text;
}

/** Where somebody who changes an object by hand may have written a password. */
const withPasswords = ["env", "args", "command"];

/** A live value as anybody may read it. */
function shownValue(kind: string, path: Path, value: unknown): string {
  if (kind === "Secret" && path[0] === "f:data") return "[secret]";
  const isHidden =
    (kind === "ConfigMap" && path[0] === "f:data") ||
    withPasswords.some((each) => path.includes(`f:${each}`));
  return shortened(withoutValues(value, isHidden));
}

function withoutValues(value: unknown, isHidden: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutValues(item, isHidden));
  if (isRecord(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [
        key,
        withoutValues(each, key !== "name" && (isHidden || withPasswords.includes(key))),
      ]),
    );
  return isHidden ? "…" : value;
}

/** Paragraph of a list: a line that says what it is, and one for each item. */
export function listed(heading: string, items: readonly string[]): string {
  return [heading, ...items.map((item) => `    ${item}`)].join("\n");
}
