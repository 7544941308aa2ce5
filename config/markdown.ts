/** The part of a JSON Schema that documentation is made of. */
export interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly patternErrorMessage?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
}

const BEGIN = "<!-- Written by `npm run schema`: -->";
const END = "<!-- : to here. -->";

/** What stands around a part of a document that is made. */
export const marks = `${BEGIN}\n${END}`;

/** A document with what stands between its two marks made anew. */
export function section(document: string, text: string): string {
  const [before, after] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (before < 0 || after < before) throw new Error(`The document lacks its marks, ${BEGIN} and ${END}.`);
  return `${document.slice(0, before)}${BEGIN}\n\n${text}\n${document.slice(after)}`;
}

export function table(head: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |\n`).join("");
}

function cell(text = ""): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
