import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import type { Path } from "./path";

interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a path stands in a stack's file, or the nearest that does of what it lies in; undefined where neither can be found. */
export class StackFile {
  readonly name: string;
  readonly #config: Node | undefined;
  readonly #lines = new LineCounter();

  constructor(directory: string, stack: string) {
    this.name = `Pulumi.${stack}.yaml`;
    const file = join(directory, this.name);
    if (!existsSync(file)) return;
    const document = parseDocument(readFileSync(file, "utf8"), {
      lineCounter: this.#lines,
      logLevel: "silent",
    });
    const config = document.errors.length === 0 && document.get("config", true);
    if (isMap(config)) this.#config = config;
  }

  /** Where in a key's value encrypted ones stand, as paths of their own. */
  encryptedIn(key: string): Path[] {
    const found = this.#config && child(this.#config, key, true);
    return encrypted(found?.value).map((path) => [key, ...path]);
  }

  positionOf(path: Path): Position | undefined {
    let node: Node | undefined = this.#config;
    let offset: number | undefined;
    for (const [depth, step] of path.entries()) {
      const found = node && child(node, step, depth === 0);
      if (!found) break;
      offset = found.offset;
      node = found.value;
    }
    if (offset === undefined) return undefined;
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }
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

function child(
  node: Node,
  step: string | number,
  top: boolean,
): { offset: number | undefined; value: Node | undefined } | undefined {
  if (isSeq<Node>(node)) {
    const item = node.items[Number(step)];
    return item && { offset: item.range?.[0], value: item };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  // Pulumi lets a key of the project's own namespace stand without it: `agentsmith:` for `muster:agentsmith:`.
  const names = top ? [String(step), String(step).replace(/^muster:/, "")] : [String(step)];
  const pair = node.items.find(({ key }) => isScalar(key) && names.includes(String(key.value)));
  return pair && { offset: pair.key.range?.[0], value: pair.value ?? undefined };
}
