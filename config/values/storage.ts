import { z } from "zod";
import { storageClassName } from "./name";
import { storageSize } from "./quantity";

/** A volume: how much it holds, and of which class it is. */
export const storage = (size: string) =>
  z.strictObject({
    size: storageSize()
      .describe("How much it holds. It may grow where the class allows it, and never shrinks.")
      .prefault(size),
    storageClass: storageClassName().describe("The StorageClass. Default: the cluster's own.").optional(),
  });
