import { z } from "zod";

/**
 * A list without repetitions, which Kubernetes refuses in what it keeps as a set. Where an empty list would mean
 * everything, `least` asks for one entry.
 */
export function list<T extends z.ZodType>(
  item: T,
  { least, most }: { readonly least?: 1; readonly most?: number } = {},
) {
  return z
    .array(item)
    .superRefine((items: unknown[], context) => {
      const issue = (message: string, accepts: string, path: number[] = []) =>
        context.addIssue({ code: "custom", path, message, params: { accepts } });
      if (least && items.length === 0) issue("is empty", "at least one");
      if (most && items.length > most) issue(`has ${items.length} entries`, `at most ${most}`);
      const seen = new Set<string>();
      for (const [index, each] of items.entries()) {
        const text = JSON.stringify(each);
        if (seen.has(text)) issue("stands in the list twice", "each once", [index]);
        seen.add(text);
      }
    })
    .meta({ uniqueItems: true, ...(least && { minItems: least }), ...(most && { maxItems: most }) });
}
