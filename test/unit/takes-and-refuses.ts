import { describe, expect, it } from "vitest";
import type { z } from "zod";

/** A kind of value: what it takes, and what it refuses with a word of the reason. */
export interface Kind {
  readonly schema: z.ZodType;
  readonly takes: readonly unknown[];
  readonly refuses: readonly (readonly [value: unknown, because: RegExp])[];
}

/** The tests of some kinds of value. */
export function takesAndRefuses(kinds: Readonly<Record<string, Kind>>): void {
  describe.each(Object.entries(kinds))("%s", (_, { schema, takes, refuses }) => {
    it.each(takes.map((value) => [value]))("takes %j", (value) => {
      expect(schema.safeParse(value).error?.issues).toBeUndefined();
    });

    it.each(refuses.map(([value, because]) => ({ value, because })))(
      "refuses with $because",
      ({ value, because }) => {
        const messages = schema.safeParse(value).error?.issues.map(({ message }) => message) ?? [];
        expect(messages.join("\n")).toMatch(because);
      },
    );

    it.each(["a", "a-", "1", ".", "a/", "a.a", "0 "])("refuses a long text of %j at once", (part) => {
      for (const text of [part.repeat(400_000), `${part.repeat(300)}!`]) {
        const milliseconds = [1, 2, 3].map(() => {
          const started = process.cpuUsage();
          expect(schema.safeParse(text).success).toBe(false);
          const { user, system } = process.cpuUsage(started);
          return (user + system) / 1000;
        });
        // Of the CPU, for which a busy machine does not count; another thread may have cleaned up meanwhile.
        expect(Math.min(...milliseconds)).toBeLessThan(200);
      }
    });
  });
}
