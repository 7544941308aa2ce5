import { type ApiServer, KubernetesError } from "../api-server";

/** Makes a text such that anybody may read it. */
export type Mask = (text: string) => string;

const HIDDEN = "[secret]";

/**
 * Hides the values of all Secrets of a namespace, however they are written. Undefined where its user may not read them,
 * and nobody can tell what in a text is one.
 */
export async function namespaceMask(api: ApiServer, namespace: string): Promise<Mask | undefined> {
  try {
    const secrets = await api.list(`/api/v1/namespaces/${namespace}/secrets`);
    const values = secrets.flatMap(({ data }) => Object.values<string>(data ?? {}));
    return mask(values.map((value) => Buffer.from(value, "base64").toString()));
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 403) return undefined;
    throw error;
  }
}

/** Hides values as they are, and as base64, hex, in URLs and in JSON, alone or in the middle of more. */
export function mask(values: readonly string[]): Mask {
  const all = new Set(values.flatMap(withParts).flatMap(waysToWrite).map(plain));
  return (text) => {
    const units = decoded(text);
    const sought = units.map(({ character }) => character).join("");
    const hidden = [...all].flatMap((value) => placesOf(value, sought));
    if (hidden.length === 0) return text;
    const ranges = hidden.map(([first, last]): Range => [units[first]!.from, units[last]!.to]);
    return withoutRanges(text, ranges);
  };
}

type Range = readonly [from: number, to: number];

/** First and last position of each occurrence. */
function placesOf(value: string, text: string): Range[] {
  const found: Range[] = [];
  // As a part of longer words, a short one would hide what is none.
  const isPart = (position: number) => value.length < 4 && /[A-Za-z0-9]/.test(text[position] ?? "");
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
    if (!isPart(at - 1) && !isPart(at + value.length)) found.push([at, at + value.length - 1]);
  return value === "" ? [] : found;
}

function withoutRanges(text: string, ranges: readonly Range[]): string {
  let result = "";
  let end = 0;
  for (const [from, to] of [...ranges].sort(([one], [other]) => one - other)) {
    if (from >= end) result += text.slice(end, from) + HIDDEN;
    end = Math.max(end, to);
  }
  return result + text.slice(end);
}

/** A value, its lines, the password in a URL, the texts in a JSON: each of them may be said alone. */
function withParts(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim());
  const parts = [...(lines.length > 1 ? lines : []), ...passwords(value), ...texts(value)];
  return [value.trim(), ...parts.filter((part) => part.length >= 6)].filter((part) => part !== "");
}

function passwords(value: string): string[] {
  const [, password] = /^[a-z][a-z0-9+.-]*:\/\/[^/:@\s]*:([^/@\s]+)@/i.exec(value) ?? [];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

function texts(value: string): string[] {
  if (!value.startsWith("{")) return [];
  try {
    const found: string[] = [];
    JSON.parse(value, (_, each) => {
      if (typeof each === "string") found.push(each);
      return each;
    });
    return found;
  } catch {
    return [];
  }
}

/** The value, and what stands for it in hex, and in base64 wherever in the encoded text it begins. */
function waysToWrite(value: string): string[] {
  if (value.length < 4) return [value];
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  const base64 = [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    const own = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
    const inUrl = own.replaceAll("+", "-").replaceAll("/", "_");
    return own.length >= 6 ? [own, inUrl] : [];
  });
  return [value, hex, hex.toUpperCase(), ...base64];
}

/** A character of a text, and where in the text it stands for how much. */
interface Unit {
  readonly character: string;
  readonly from: number;
  readonly to: number;
}

function plain(text: string): string {
  return decoded(text)
    .map(({ character }) => character)
    .join("");
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

// In a URL, once or twice; in HTML; and any other character.
const outside = /(?<percent>(?:%(?:25)?[0-9a-f]{2})+)|&(?<name>amp|lt|gt|quot|apos);|&#(?<decimal>\d+);|./gis;
// After any number of backslashes, which JSON in JSON doubles.
const inside = /\\+u(?<code>[0-9a-f]{4})|\\+[nrt]?|[\n\r\t]|(?<itself>.)/gis;

/**
 * What a text says once it is decoded, whatever it is encoded by. A plus may stand for a space, and line ends and
 * backslashes for nothing.
 */
function decoded(text: string): Unit[] {
  const found = [...text.matchAll(outside)].flatMap(({ 0: written, index, groups = {} }) => {
    const { percent, name, decimal } = groups;
    if (percent) return ofPercent(percent, index);
    const character =
      (name && named[name.toLowerCase()]) ?? (decimal && String.fromCharCode(Number(decimal))) ?? written;
    return [{ character, from: index, to: index + written.length }];
  });
  const joined = found.map(({ character }) => character).join("");
  return [...joined.matchAll(inside)].flatMap(({ 0: written, index, groups = {} }) => {
    const { code, itself } = groups;
    const character = code ? String.fromCharCode(Number.parseInt(code, 16)) : itself;
    if (character === undefined) return [];
    const [first, last] = [found[index]!, found[index + written.length - 1]!];
    return [{ character: character === "+" ? " " : character, from: first.from, to: last.to }];
  });
}

/** Bytes of UTF-8, each character by as many as it has. */
function ofPercent(text: string, start: number): Unit[] {
  const bytes = [...text.matchAll(/%(?:25)?([0-9a-f]{2})/gi)].map(({ 0: written, 1: hex, index }) => ({
    value: Number.parseInt(hex!, 16),
    from: start + index,
    to: start + index + written.length,
  }));
  const found: Unit[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, from } = bytes[at]!;
    const length = value >= 0xf0 ? 4 : value >= 0xe0 ? 3 : value >= 0xc0 ? 2 : 1;
    const own = bytes.slice(at, at + length);
    const all = Buffer.from(own.map(({ value }) => value)).toString();
    // A character beyond the first 65,536 is two.
    for (const character of all.split("")) found.push({ character, from, to: own.at(-1)!.to });
    at += length;
  }
  return found;
}
