import { isAlias, isMap, isNode, isScalar, isSeq, type Node, Scalar } from "yaml";
import type { Path } from "./path";
import { readByPulumi } from "./pulumi-yaml";
import { show } from "./show";

/** What in a stack's file the Pulumi CLI takes for another thing than YAML 1.2 does, or not at all. */
export interface TwoReadings {
  readonly path: Path;
  readonly node: Node;
  readonly message: string;
  readonly accepts: string;
}

export function* twoReadings(node: unknown, path: Path = []): Generator<TwoReadings> {
  if (!isNode(node) || isAlias(node)) return;
  if (node.tag !== undefined && node.tag !== "tag:yaml.org,2002:str")
    yield { path, node, message: `The tag ${show(node.tag)} is not read alike by all.`, accepts: "no tag" };
  else if (isScalar(node)) yield* ofValue(node, path);
  else if (isSeq(node))
    for (const [index, item] of node.items.entries()) yield* twoReadings(item, [...path, index]);
  else if (isMap<Node>(node))
    for (const { key, value } of node.items) {
      const below = [...path, String(isScalar(key) ? key.source : key)];
      yield* ofKey(key, below);
      yield* twoReadings(value, below);
    }
}

function* ofValue(node: Scalar, path: Path): Generator<TwoReadings> {
  if (node.type !== Scalar.PLAIN || node.tag !== undefined) return;
  const text = node.source!;
  const pulumis = readByPulumi(text);
  if (pulumis === node.value || (Number.isNaN(pulumis) && Number.isNaN(node.value))) return;
  const numbers = [pulumis, node.value].filter((value) => typeof value === "number");
  yield {
    path,
    node,
    message: `${text} is ${inWords(pulumis)} to the Pulumi CLI and ${inWords(node.value)} to YAML 1.2.`,
    accepts: `what is meant: ${[...numbers, `'${text}' in quotes`].join(" or ")}`,
  };
}

function inWords(value: unknown): string {
  if (value instanceof Date) return "a time";
  return typeof value === "string" ? "text" : `the number ${value}`;
}

/** The CLI makes text of every key, as Go writes values. */
function* ofKey(key: Node, path: Path): Generator<TwoReadings> {
  if (isScalar(key)) {
    const pulumis = key.type === Scalar.PLAIN ? readByPulumi(key.source!) : key.source;
    if (typeof pulumis === "string") return;
    if (pulumis === key.value && (typeof pulumis === "boolean" || Number.isSafeInteger(pulumis))) return;
  }
  const accepts = isScalar(key) ? `'${key.source}' in quotes` : "text";
  yield { path, node: key, message: "As a key it is not read alike by all.", accepts };
}
