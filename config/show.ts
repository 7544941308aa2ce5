import { HIDDEN, looksSecret } from "./secret-looking";

const LONGEST = 80;

/** A value as an error message shows it: as JSON, shortened, with everything unprintable escaped; nothing of a secret. */
export function show(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  // More than is shown, so that a secret is known by how it goes on.
  if (looksSecret(json.slice(0, 50 * LONGEST))) return HIDDEN;
  const shown = json.length > LONGEST ? `${json.slice(0, LONGEST)}… (${json.length} characters)` : json;
  return shown.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
