import { isDeepStrictEqual } from "node:util";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar, visit } from "yaml";
import { withoutSecrets } from "./secret-looking";
import { show } from "./show";

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What is wrong with a text, and where that begins. */
export interface YamlProblem extends Position {
  readonly message: string;
}

const SAID: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "A second document begins here.",
  DUPLICATE_KEY: "This key stands here for the second time.",
};

/** A text that is to be one YAML document, and all that makes it none. */
export class YamlText {
  readonly document: ReturnType<typeof parseDocument>;
  readonly problems: readonly YamlProblem[];
  readonly #lines = new LineCounter();

  constructor(text: string) {
    this.document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      logLevel: "error",
      merge: true,
      // By their texts, as the Pulumi CLI has it: 1 and "1" are one key, and two `<<` are one too many.
      uniqueKeys: (a, b) => isScalar(a) && isScalar(b) && a.source === b.source,
    });
    const problems = [
      ...this.document.errors.map(({ code, message, pos }) => ({
        message: SAID[code] ?? `This is not YAML: ${withoutSecrets(message)}.`,
        ...this.positionOf(pos[0]),
      })),
      ...this.#unresolved(),
    ];
    // Of two brackets that are not closed, each is told at the end of the text.
    this.problems = problems.filter(
      (problem, index) => problems.findIndex((other) => isDeepStrictEqual(other, problem)) === index,
    );
  }

  readonly positionOf = (offset = 0): Position => {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  };

  /** Aliases of nothing, and merge keys of what is no mapping. */
  #unresolved(): YamlProblem[] {
    const found: YamlProblem[] = [];
    const resolved = (node: unknown) => (isAlias(node) ? node.resolve(this.document) : node);
    visit(this.document, {
      Alias: (_, alias) => {
        if (resolved(alias)) return;
        const message = `No anchor is set for the alias ${show(alias.source)}.`;
        found.push({ message, ...this.positionOf(alias.range?.[0]) });
      },
      Pair: (_, { key, value }) => {
        if (!isMergeKey(key)) return;
        const sources = (isSeq(value) ? value.items : [value]).map(resolved);
        // What is no alias of anything has been told.
        if (sources.every((source) => source === undefined || isMap(source))) return;
        found.push({ message: "What it merges is no mapping.", ...this.positionOf(key.range?.[0]) });
      },
    });
    return found;
  }
}

export function isMergeKey(key: unknown): key is Scalar {
  return isScalar(key) && key.type === Scalar.PLAIN && key.source === "<<";
}
