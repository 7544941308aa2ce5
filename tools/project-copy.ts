import { cpSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { root } from "./places";

// What neither the program nor a command reads, and the dependencies, which are linked.
const apart = new Set(["node_modules", ".git", "test", "docs"]);

/** Copies the Pulumi project into a directory, where its stack files can be changed freely. */
export function copyProject(directory: string): void {
  cpSync(root, directory, { recursive: true, filter: (path) => path === root || !apart.has(basename(path)) });
  symlinkSync(join(root, "node_modules"), join(directory, "node_modules"));
}
