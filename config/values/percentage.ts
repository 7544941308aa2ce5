import type { z } from "zod";
import { scalar } from "./scalar";

/** A share from 1 to 100 percent, with or without the sign; a number from here on. */
export const percentage = () => {
  const input: z.ZodType<number | string, number | string> = scalar(
    "a whole number from 1 to 100, with or without a percent sign, such as 70 or 70%",
    { type: ["integer", "string"], minimum: 1, maximum: 100, pattern: "^(?:[1-9][0-9]?|100)%$" },
    (value) => {
      if (typeof value === "string" && !/^-?\d+%$/.test(value)) return "is not a percentage";
      const share = typeof value === "string" ? Number(value.slice(0, -1)) : value;
      if (typeof share !== "number" || !Number.isInteger(share)) return "is not a percentage";
      return share < 1 || share > 100 ? "is not from 1 to 100" : undefined;
    },
  );
  return input.transform((value) => Number.parseInt(String(value), 10));
};
