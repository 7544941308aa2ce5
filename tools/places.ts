import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";

/** The checkout. */
export const root = realpathSync(join(__dirname, ".."));

/** What is worth keeping and can be made again: shared by all checkouts. */
export const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "muster");

/** What this checkout's local cluster and its stacks are: outside the checkout, and its own. */
export const state = join(
  process.env.XDG_STATE_HOME || join(homedir(), ".local/state"),
  "muster",
  `${basename(root)}-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`,
);
