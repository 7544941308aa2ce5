import { z } from "zod";

/** A list without repetitions: those that Kubernetes keeps as sets refuse them. */
export function list<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .superRefine((items: unknown[], context) => {
      const seen = new Set<string>();
      for (const [index, each] of items.entries()) {
        const text = JSON.stringify(each);
        if (seen.has(text))
          context.addIssue({
            code: "custom",
            path: [index],
            message: "stands in the list twice",
            params: { accepts: "each once" },
          });
        seen.add(text);
      }
    })
    .meta({ uniqueItems: true });
}
