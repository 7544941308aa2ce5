import type { Path } from "../../config/path";

// Values that the editor schema's outward forms let through, for every key of a stack's config. The parser then says
// which of them it takes.

export type Json = Readonly<Record<string, unknown>>;

/** A key of a stack's config, and what may stand there. */
export interface Setting {
  readonly path: Path;
  /** What all keys with the same values have in common. */
  readonly kind: string;
  readonly candidates: readonly unknown[];
  /** The nearest above it that the value lacks, or it itself. */
  readonly lacks: Path | undefined;
}

/** All keys below a value that its schema knows, whether the value has them or not. */
export function settingsOf(schema: Json, value: unknown, path: Path, lacking?: Path): Setting[] {
  const lacks = lacking ?? (value === undefined ? path : undefined);
  const { properties, items, anyOf, oneOf } = schema as Readonly<Record<string, Json & readonly Json[]>>;
  const alternatives = anyOf ?? oneOf;
  if (!properties && alternatives)
    return alternatives.flatMap((each) => settingsOf(each, value, path, lacks));
  if (properties)
    return Object.entries(properties).flatMap(([key, each]) =>
      settingsOf(each as Json, (value as Json | undefined)?.[key], [...path, key], lacks),
    );
  const below =
    items && Array.isArray(value)
      ? value.flatMap((each, index) => settingsOf(items, each, [...path, index], lacks))
      : [];
  const { description, default: _, patternErrorMessage, ...kind } = schema;
  const candidates = candidatesOf(schema, value);
  const own = candidates.length > 0 ? [{ path, kind: JSON.stringify(kind), candidates, lacks }] : [];
  return [...own, ...below];
}

function candidatesOf(schema: Json, value: unknown): unknown[] {
  const {
    type,
    enum: members,
    minimum: min,
    maximum: max,
    items,
    additionalProperties,
    properties = {},
  } = schema as {
    type?: string | readonly string[];
    enum?: readonly unknown[];
    minimum?: number;
    maximum?: number;
    items?: Json;
    additionalProperties?: Json;
    properties?: Readonly<Record<string, Json>>;
  };
  if (members) return [...members];
  if ("const" in schema) return [schema.const];
  // An item of a list, by one key: what needs more has examples.
  const byKey = Object.entries(properties).map(([key, each]) =>
    candidatesOf(each, undefined).map((one) => ({ [key]: one })),
  );
  if (byKey.length > 0) return byKey.flatMap((each) => each.slice(0, 4));
  const types = [type].flat();
  const found: unknown[] = [];
  if (types.includes("boolean")) found.push(true, false);
  if (min !== undefined && max !== undefined)
    found.push(min, max, min + 1, Math.floor((min + max) / 2), 1, 2, 3);
  if (types.includes("string")) found.push(...textsFor(schema, value));
  if (items) {
    const each = candidatesOf(items, undefined);
    const given = Array.isArray(value) ? value : [];
    found.push(
      [],
      [...given, ...given],
      given.slice(0, 1),
      ...each.map((one) => [one]),
      each.slice(0, 5),
      each,
    );
  }
  if (additionalProperties) {
    const texts = textsFor(additionalProperties, undefined);
    const keys = textsFor(schema.propertyNames as Json, undefined);
    found.push({}, ...keys.map((key, index) => ({ [key]: texts[index % texts.length] ?? "" })));
    found.push(...texts.map((text, index) => ({ [keys[index % keys.length] ?? "a"]: text })));
    found.push(Object.fromEntries(keys.map((key, index) => [key, texts[(index * 7) % texts.length] ?? ""])));
  }
  return found;
}

function textsFor(
  { pattern = "", maxLength = 1024 }: { pattern?: string; maxLength?: number },
  value: unknown,
): string[] {
  const form = new RegExp(pattern);
  const given = typeof value === "string" ? value : "";
  const grown = [...SIGNS].flatMap((sign) => [given + sign, sign + given]);
  const all = [
    given,
    ...TEXTS,
    ...grown,
    ...LENGTHS.map((length) => given + "a".repeat(Math.max(0, length - given.length))),
  ];
  return [...new Set(all)].filter((text) => text.length <= maxLength && form.test(text));
}

const SIGNS = "-._/:@ $%*~+=,;|&?#'\"\\(){}[]<>!^`Aa09éñ\t\n";

const LENGTHS = [
  1, 2, 15, 16, 30, 52, 53, 57, 58, 62, 63, 64, 127, 128, 200, 240, 252, 253, 254, 255, 1023, 1024,
];

const long = (length: number, sign = "a") => sign.repeat(length);
/** A name of that many characters in labels of 63. */
const dotted = (length: number) =>
  long(length)
    .replace(/(.{62})./g, "$1.")
    .replace(/\.$/, "a");

/** Edges of what Kubernetes, Go, registries and databases know. */
const TEXTS = [
  ...LENGTHS.flatMap((length) => [
    long(length),
    long(length, "A"),
    long(length, "0"),
    long(length, "_"),
    dotted(length),
  ]),
  ...[
    "a-a",
    "a.a",
    "a_a",
    "A.a_a-a",
    "a/a",
    "a.a/a",
    `${dotted(253)}/${long(63)}`,
    `${dotted(253)}/A`,
    "a--a",
    "a..a",
    "0a",
    "a0",
  ],
  ...[
    "true",
    "null",
    "1",
    "0",
    "-1",
    "$(X)",
    "$$(X)",
    "a$(HOME)",
    "{{ x }}",
    "a b",
    "a\nb",
    "é",
    "名前",
    "*",
    "default",
    "kube-system",
  ],
  ...[
    "0.1m",
    "1m",
    "0.5",
    "100n",
    "1u",
    "1k",
    "1Ki",
    "1.5Gi",
    "1e3",
    "1E3",
    "12E",
    "7Ei",
    "8Ei",
    "9223372036854775807",
    "0.001",
    "1.001",
    "999999999999999999",
    "1000000",
    "1Ti",
    "100Pi",
    "1P",
    "+1",
    "1.",
    ".5",
  ],
  ...["1kb", "1mb", "1gb", "100mb", "1k", "1m", "1g", "16tb"],
  ...["1s", "0s", "1h30m", "1.5h", "87600h", "1ms", "1ns", "1µs", "2540400h", "1h0m0s"],
  ...["0%", "1%", "50%", "100%", "101%", "99.9%", "1000%"],
  ...["* * * * *", "@daily", "0 0 31 2 *", "*/5 * * * *", "0 0 1 1 0", "0-59/7 0 * JAN SUN"],
  ...[
    "http://a",
    "https://a:65535/x?y=z#f",
    "https://a.b/c",
    "redis://a:1",
    "https://[::1]:80",
    "https://1.2.3.4",
    "http://a.b:1/$(X)",
    "https://*",
  ],
  ...[
    "a:b",
    "a/b:c",
    `a@sha256:${long(64, "0")}`,
    `a:b@sha256:${long(64, "f")}`,
    "localhost:5000/a:b",
    `a:${long(128)}`,
    `${long(128)}/a`,
    "1.2.3.4:5000/a",
    "a.b:443/c/d/e_f__g--h:1",
    "docker.io/library/redis:7",
  ],
  ...[
    "0.0.0.0/0",
    "::/0",
    "10.0.0.0/8",
    "10.0.0.1/32",
    "fd00::/8",
    "fd00::1/128",
    "::ffff:0:0/96",
    "::ffff:1.2.3.4/128",
    "10.0.0.0/31",
    "0.0.0.0/32",
  ],
  ...[
    "a.b",
    "*.a.b",
    "1.2.3.4",
    "localhost",
    "xn--e1afmkfd.xn--p1ai",
    "::1",
    "[::1]",
    "1.2.3",
    "a.1",
    "0.0.0.0",
    "169.254.169.254",
    "a.b.",
    "-a.b",
    "10.0.0.256",
    "01.2.3.4",
  ],
  ...[
    "100/hour",
    "1/s",
    "10000/day",
    "7.2-alpine",
    "volatile-ttl",
    "GET",
    "app/x.yml",
    "stacks/dev/agentsmith.yml",
  ],
];
