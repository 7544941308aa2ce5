import { isDeepStrictEqual } from "node:util";
import type { Mask } from "./mask";

// Where a status holds what somebody else wrote, who may have written a secret into it.
const texts = ["message", "lacks", "problems"];

/** What is said of a system, without the values of its namespace's Secrets; as it is where its user may not read these. */
export async function masked<Said>(said: Said, maskOf: () => Promise<Mask | undefined>): Promise<Said> {
  if (!holdsText(said)) return said;
  const mask = await maskOf();
  return mask ? maskTexts(said, mask) : said;
}

function holdsText(said: unknown): boolean {
  if (typeof said !== "object" || said === null) return false;
  return Object.entries(said).some(([key, value]) =>
    texts.includes(key) ? value !== undefined && !isDeepStrictEqual(value, []) : holdsText(value),
  );
}

export function maskTexts<Said>(said: Said, mask: Mask): Said {
  if (Array.isArray(said)) return said.map((each) => maskTexts(each, mask)) as Said;
  if (typeof said !== "object" || said === null) return said;
  const all = (value: unknown): unknown =>
    typeof value === "string" ? mask(value) : Array.isArray(value) ? value.map(all) : value;
  const entries = Object.entries(said).map(([key, value]) => [
    key,
    texts.includes(key) ? all(value) : maskTexts(value, mask),
  ]);
  return Object.fromEntries(entries);
}
