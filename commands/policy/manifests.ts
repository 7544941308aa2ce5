// Large manifests take it a fraction of the time that `yaml` takes, and it tells the lines while it reads.
import { CORE_SCHEMA, loadAll, type State, Type, YAMLException } from "js-yaml";
import { Field } from "../../policies/field";
import type { Source } from "../../policies/kubernetes-object";
import { Resource } from "../../policies/resource";
import { Failure } from "../../tools/failure";

/** An object with the lines that it came from. */
export interface Manifest {
  readonly resource: Resource;
  readonly file: string;
  /** The line of what stands under these keys; where nothing does, of what it would stand in. */
  lineOf(keys: readonly (string | number)[]): number;
}

// As Kubernetes reads YAML: with `<<`, and without dates.
const schema = CORE_SCHEMA.extend(
  new Type("tag:yaml.org,2002:merge", { kind: "scalar", resolve: (data) => data === "<<" }),
);

/** The objects of a YAML or JSON text, of as many documents as there are. */
export function manifests(text: string, file: string, source: Source = "file"): Manifest[] {
  const places = new Places();
  const documents: unknown[] = [];
  try {
    const listener = places.listener();
    loadAll(text, (document) => documents.push(document), { schema, listener, filename: file });
  } catch (error) {
    if (error instanceof YAMLException) throw new Failure(unreadable(error, text, file));
    throw error;
  }
  return documents.flatMap((document, index) => {
    const type = typeOf(document);
    if (type === undefined) return [];
    const resource = new Resource(type, "", new Field(document), source);
    return { resource, file, lineOf: (keys) => places.line(index, keys) };
  });
}

function typeOf(document: unknown): string | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const { apiVersion, kind } = document as { apiVersion?: unknown; kind?: unknown };
  return typeof apiVersion === "string" && typeof kind === "string"
    ? `kubernetes:${apiVersion}:${kind}`
    : undefined;
}

function unreadable({ reason, mark }: YAMLException, text: string, file: string): string {
  const hint = /\{\{/.test(text)
    ? " It looks like a template of a chart: render it first, as in `helm template CHART | npm run -s policy -- -`."
    : "";
  return `${file}:${(mark?.line ?? 0) + 1}: this is not YAML: ${reason}.${hint}`;
}

/** A node of a document: its line, and what is in it. */
interface Node {
  readonly line: number;
  readonly inner: Node[];
  value?: unknown;
}

/** Where everything stands, as the parser tells while it reads: a mapping's keys and values come one after the other. */
class Places {
  private readonly documents: Node[] = [];

  listener(): (this: State, event: "open" | "close", state: State) => void {
    const open: Node[] = [];
    return (event, state) => {
      if (event === "open") {
        open.push({ line: state.line + 1, inner: [] });
        return;
      }
      const node = open.pop()!;
      node.value = state.result;
      (open.at(-1)?.inner ?? this.documents).push(node);
    };
  }

  line(document: number, keys: readonly (string | number)[]): number {
    let node = this.documents[document]!;
    let { line } = node;
    for (const key of keys) {
      const at = typeof key === "number" ? key : valueAt(node, key);
      const next = node.inner[at];
      if (!next) break;
      // What has a key stands where its key does.
      line = typeof key === "number" ? next.line : node.inner[at - 1]!.line;
      node = next;
    }
    return line;
  }
}

function valueAt({ inner }: Node, key: string): number {
  const at = inner.findIndex(({ value }, index) => index % 2 === 0 && String(value) === key);
  return at < 0 ? -1 : at + 1;
}
