import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, isAbsolute, join } from "node:path";

/** The checkout. */
export const root = realpathSync(join(__dirname, ".."));

/** What is worth keeping and can be made again: shared by all checkouts. */
export const cache = join(home("XDG_CACHE_HOME", ".cache"), "muster");

/** What this checkout's local cluster and its stacks are: outside the checkout, and its own. Its name has no sign that kwok cannot take. */
export const state = join(
  home("XDG_STATE_HOME", ".local/state"),
  "muster",
  `${basename(root).replace(/[^\w.-]+/g, "-")}-${createHash("sha256").update(root).digest("hex").slice(0, 8)}`,
);

/** As the XDG Base Directory Specification has it: a path that is not absolute counts for nothing. */
function home(variable: string, otherwise: string): string {
  const set = process.env[variable] ?? "";
  return isAbsolute(set) ? set : join(homedir(), otherwise);
}
