import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import { formatPath, type Path } from "../../config/path";

export interface Mutation {
  /** What was done, for the message of a failed test. */
  readonly what: string;
  /** The paths that were touched, as a person reads them; an error must name one of them. */
  readonly paths: readonly string[];
  /** The `config` of the mutated stack file. */
  readonly config: Container;
  /** The mutated stack file as a text, which takes longer than to parse what it says. */
  readonly stackFile: string;
}

type Random = () => number;
type Container = Record<string | number, unknown>;

/** mulberry32: small, seeded, the same on every machine. */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

const oddValues: readonly unknown[] = [
  ...[null, true, false, "", " ", [], {}, [null], { a: { b: [1] } }],
  ...[0, -1, 0.5, 1e-9, 1e21, 1e308, 2 ** 53 + 2, -(2 ** 31), 65536],
  ...[
    "null",
    "off",
    "1e999",
    "-5",
    "0x10",
    "{}",
    "[]",
    "\u0000",
    "ü",
    "名前",
    "\u202eab",
    "👩‍🚀",
    "a\nb",
    "$X",
    "<b>&",
    "../..",
    "x".repeat(5000),
  ],
];

const oddKeys = [
  "",
  " ",
  "__proto__",
  "constructor",
  "toString",
  "ключ",
  "a.b",
  "a:b",
  '"',
  "\u202e",
  "0",
  "x".repeat(300),
];

/** One random change at one random path of a stack's file; the same seed makes the same change. */
export function mutate(stackFile: string, seed: number): Mutation {
  const random = randomFrom(seed);
  const document = parsed(stackFile);
  for (;;) {
    const mutation = attempt(structuredClone(document), random);
    if (!isDeepStrictEqual(mutation.config, document.config)) return mutation;
  }
}

/** Each file is parsed once for its thousands of mutations. */
const files = new Map<string, { config: Container }>();

function parsed(stackFile: string): { config: Container } {
  const document = files.get(stackFile) ?? parse(stackFile);
  files.set(stackFile, document);
  return document;
}

function attempt(document: { config: Container }, random: Random): Mutation {
  const { config } = document;
  const paths = pathsOf(config);
  const path = pick(random, paths);
  const parent = at(config, path.slice(0, -1)) as Container;
  const key = path.at(-1)!;
  const value = parent[key];
  const [what, ...touched] = pick(random, mutators)({ random, config, paths, path, parent, key, value });
  return {
    what: `${what} at ${formatPath(path)}`,
    paths: touched.flatMap(withList).map(formatPath),
    config,
    get stackFile() {
      return asYaml(document);
    },
  };
}

/** In quotes, so that no text is taken for a number or a date by one reader of YAML and not by another. */
function asYaml(document: unknown): string {
  return stringify(document, {
    defaultStringType: "QUOTE_DOUBLE",
    defaultKeyType: "QUOTE_DOUBLE",
    lineWidth: 0,
  });
}

/** What is wrong with an entry may be wrong with its list: that it is empty, or holds too little. */
function withList(path: Path): Path[] {
  return typeof path.at(-1) === "number" ? [path, path.slice(0, -1)] : [path];
}

interface Target {
  readonly random: Random;
  readonly config: Container;
  readonly paths: readonly Path[];
  readonly path: Path;
  readonly parent: Container;
  readonly key: string | number;
  readonly value: unknown;
}

type Touched = [what: string, ...paths: Path[]];

const mutators: readonly ((target: Target) => Touched)[] = [
  remove,
  rename,
  replace,
  scale,
  garble,
  swap,
  duplicate,
  nest,
];

function remove({ parent, key, path }: Target): Touched {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return ["removed", path];
}

function rename(target: Target): Touched {
  const { random, parent, key, path, value } = target;
  if (Array.isArray(parent)) return replace(target);
  const text = String(key);
  const typos = [
    text.slice(1),
    `${text}s`,
    text.toUpperCase(),
    text.replace(/(.)(.)$/, "$2$1"),
    `${text} `,
    pick(random, oddKeys),
  ];
  const name = pick(random, typos);
  delete parent[key];
  set(parent, name, value);
  return [`renamed to ${JSON.stringify(name)}`, path, [...path.slice(0, -1), name]];
}

function replace({ random, parent, key, path }: Target): Touched {
  const value = pick(random, oddValues);
  parent[key] = value;
  return [`replaced by ${JSON.stringify(value)?.slice(0, 80)}`, path];
}

function scale({ random, parent, key, path, value }: Target): Touched {
  const factor = pick(random, [0, -1, 0.001, 0.5, 3, 1000, 1e9, 1e30]);
  if (typeof value === "number") parent[key] = value * factor;
  else if (typeof value === "string")
    parent[key] = value.replace(/\d+/, (digits) => String(Number(digits) * factor));
  else if (typeof value === "boolean") parent[key] = !value;
  else parent[key] = factor;
  return [`scaled by ${factor}`, path];
}

function garble({ random, parent, key, path, value }: Target): Touched {
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const place = Math.floor(random() * (text.length + 1));
  const noise = pick(random, [
    "",
    "_",
    "-",
    ".",
    " ",
    "/",
    ":",
    "@",
    "A",
    "é",
    "\u0007",
    "\u200b",
    "\n",
    "$",
    "'",
    '"',
    "%",
    "9",
  ]);
  parent[key] = text.slice(0, place) + noise + text.slice(place + (random() < 0.5 ? 1 : 0));
  return ["garbled", path];
}

function swap(target: Target): Touched {
  const { random, config, paths, path, parent, key, value } = target;
  const apart = paths.filter((other) => !isWithin(other, path) && !isWithin(path, other));
  if (apart.length === 0) return replace(target);
  const other = pick(random, apart);
  const otherParent = at(config, other.slice(0, -1)) as Container;
  const otherKey = other.at(-1)!;
  parent[key] = otherParent[otherKey];
  otherParent[otherKey] = value;
  return [`swapped with ${formatPath(other)}`, path, other];
}

function duplicate({ random, config, paths, parent, key, path, value }: Target): Touched {
  if (Array.isArray(parent)) {
    parent.push(structuredClone(value));
    return ["repeated in its list", [...path.slice(0, -1), parent.length - 1], path];
  }
  const mappings = [[], ...paths].filter((other) => isMapping(at(config, other)));
  const home = pick(random, mappings);
  const name = random() < 0.5 ? String(key) : `${key}2`;
  set(at(config, home) as Container, name, structuredClone(value));
  return [`copied to ${formatPath([...home, name])}`, [...home, name], path];
}

function nest({ random, parent, key, path, value }: Target): Touched {
  parent[key] = pick(random, [[value], { [key]: value }, { value }, [[value]]]);
  return ["nested one deeper", path];
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const steps = Array.isArray(value) ? value.keys() : Object.keys(value);
  const below = [...steps].flatMap((step) => pathsOf((value as Container)[step], [...path, step]));
  return path.length === 0 ? below : [path, ...below];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce((each, step) => (each as Container)[step], value);
}

/** Plain assignment would set the prototype where the key is __proto__. */
function set(parent: Container, key: string, value: unknown): void {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
}

const isMapping = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);

const isWithin = (path: Path, other: Path) => other.every((step, index) => path[index] === step);
