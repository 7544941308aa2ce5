const LONGEST = 80;

/** A value as an error message shows it: as JSON, shortened, with everything unprintable escaped. */
export function show(value: unknown): string {
  const json = JSON.stringify(value) ?? "nothing";
  const shown = json.length > LONGEST ? `${json.slice(0, LONGEST)}… (${json.length} characters)` : json;
  return shown.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
