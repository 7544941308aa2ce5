import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlias, isMap, isScalar, isSeq, type Node } from "yaml";
import { type HandedOver, handedOver } from "./cli-config";
import type { Finding } from "./issue";
import type { Path } from "./path";
import { twoReadings } from "./two-readings";
import { isMergeKey, type Position, YamlText } from "./yaml-text";

/** A stack's file, as everybody here reads it. */
export class StackFile {
  readonly name: string;
  /** What is not YAML, and what the Pulumi CLI reads in another way than YAML 1.2 says. */
  readonly problems: readonly Finding[];
  /** Whether its config can be read, be it right or wrong. */
  readonly isReadable: boolean;
  readonly #text: YamlText;

  /** `text`: what the file may come to hold. Default: what it holds. */
  constructor(directory: string, stack: string, text?: string) {
    this.name = `Pulumi.${stack}.yaml`;
    const file = join(directory, this.name);
    this.#text = new YamlText(text ?? (existsSync(file) ? readFileSync(file, "utf8") : ""));
    const unreadable = this.#unreadable();
    this.isReadable = unreadable.length === 0;
    this.problems = this.isReadable ? this.#twoReadings() : unreadable;
  }

  get #config(): Node | undefined {
    const { contents } = this.#text.document;
    return isMap<Node, Node>(contents) ? this.#resolved(contents.get("config", true)) : undefined;
  }

  #unreadable(): Finding[] {
    const { document, problems, positionOf } = this.#text;
    if (problems.length > 0) return problems.map((problem) => ({ path: [], ...problem }));
    const { contents } = document;
    const wrong = [contents, this.#config].find((node) => !isNothing(node) && !isMap(node));
    if (!wrong) return [];
    return [
      {
        path: wrong === contents ? [] : ["config"],
        message: "It is no mapping.",
        accepts: "a mapping, such as config: { muster:agentsmith: {} }",
        ...positionOf(wrong.range?.[0]),
      },
    ];
  }

  #twoReadings(): Finding[] {
    return [...twoReadings(this.#text.document.contents)].map(
      ({ path: [first, ...path], node, ...rest }) => ({
        path: first === "config" ? withNamespace(path) : [first!, ...path],
        ...rest,
        ...this.#text.positionOf(node.range?.[0]),
      }),
    );
  }

  /** What the Pulumi CLI hands over of it to the program. */
  handedOver(): HandedOver {
    return handedOver(this.isReadable ? this.#text.document.toJS()?.config : {});
  }

  /** Where in a key's value encrypted ones stand, as paths of their own. */
  encryptedIn(key: string): Path[] {
    const found = this.#child(this.#config, key, true);
    return encrypted(found?.value).map((path) => [key, ...path]);
  }

  /** Where a path stands, or the nearest that does of what it lies in; undefined where neither can be found. */
  positionOf(path: Path): Position | undefined {
    let node = this.#config;
    let offset: number | undefined;
    for (const [depth, step] of path.entries()) {
      const found = this.#child(node, step, depth === 0);
      if (!found) break;
      offset = found.offset;
      node = found.value;
    }
    return offset === undefined ? undefined : this.#text.positionOf(offset);
  }

  #child(
    node: Node | undefined,
    step: string | number,
    top: boolean,
  ): { offset: number | undefined; value: Node | undefined } | undefined {
    if (isSeq<Node>(node)) {
      const item = node.items[Number(step)];
      return item && { offset: item.range?.[0], value: this.#resolved(item) };
    }
    if (!isMap<Node, Node>(node)) return undefined;
    const names = top ? [String(step), String(step).replace(/^muster:/, "")] : [String(step)];
    const pair = node.items.find(({ key }) => isScalar(key) && names.includes(String(key.value)));
    if (pair) return { offset: pair.key.range?.[0], value: this.#resolved(pair.value) };
    for (const { key, value } of node.items.filter(({ key }) => isMergeKey(key)))
      for (const source of isSeq<Node>(value) ? value.items : [value]) {
        const merged = this.#child(this.#resolved(source), step, top);
        if (merged) return { ...merged, offset: key.range?.[0] };
      }
    return undefined;
  }

  #resolved(node: Node | null | undefined): Node | undefined {
    return (isAlias(node) ? node.resolve(this.#text.document) : node) ?? undefined;
  }
}

/** Pulumi lets a key of the project's own namespace stand without it: `agentsmith:` for `muster:agentsmith:`. */
function withNamespace([key, ...path]: Path): Path {
  return key === undefined || /:/.test(String(key)) ? [key ?? "", ...path] : [`muster:${key}`, ...path];
}

function isNothing(node: Node | null | undefined): boolean {
  return !node || (isScalar(node) && node.value === null);
}

/** The paths below a node at which an encrypted value stands. */
function encrypted(node: unknown): Path[] {
  if (isSeq(node))
    return node.items.flatMap((item, index) => encrypted(item).map((path) => [index, ...path]));
  if (!isMap(node)) return [];
  if (node.has("secure")) return [[]];
  return node.items.flatMap(({ key, value }) =>
    encrypted(value).map((path) => [String(isScalar(key) ? key.value : key), ...path]),
  );
}
