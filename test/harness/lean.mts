import { createRequire } from "node:module";

// Vitest's set-up for each file: Pulumi's SDK as the program loads it, in half the time.
createRequire(import.meta.url)("../../load-pulumi");
