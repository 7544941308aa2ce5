import { tmpdir } from "node:os";
import { getSystemErrorMap, inspect } from "node:util";
import { NotEditable } from "../config/edit-stack-file";
import { withoutSecrets } from "../config/secret-looking";
import { cache, state } from "./places";

/** Something that a person can mend: a command prints its message, which says how, and nothing else. */
export class Failure extends Error {}

/** Whoever reads the output may stop reading, as `head` does: that is no error. */
export function readersMayLeave(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}

/** Runs a command's body; a Failure ends it with its message alone, and so does what the disk refuses. */
export function command(body: () => Promise<void>): void {
  readersMayLeave();
  body().catch((error: unknown) => {
    const isMendable = error instanceof Failure || error instanceof NotEditable;
    const message = isMendable ? error.message : refusalOfDisk(error);
    // An error that nobody foresaw may quote a secret.
    console.error(message === undefined ? withoutSecrets(inspect(error)) : `\n${message}`);
    process.exitCode = 1;
  });
}

/** Runs the body of a command whose exit status is an answer: 2 where it cannot be told. */
export async function answer(name: string, body: () => Promise<number>): Promise<void> {
  readersMayLeave();
  try {
    process.exitCode = await body();
  } catch (error) {
    console.error(error instanceof Failure ? error.message : `${name}: ${(error as Error).message}`);
    process.exitCode = 2;
  }
}

/** What a file or folder could not be used for, and what can be done about it. */
function refusalOfDisk(error: unknown): string | undefined {
  const { code, errno, path, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || errno === undefined || path === undefined || syscall?.startsWith("spawn"))
    return undefined;
  const [, reason = code] = getSystemErrorMap().get(errno) ?? [];
  return `${path}: ${reason} (${syscall}). ${mendOf(code, path)}, then run the same command again.`;
}

function mendOf(code: string, path: string): string {
  const variable = variableOf(path);
  const elsewhere =
    variable === undefined ? "" : `, or set ${variable} to a folder that has room and that you may write to`;
  if (code === "ENOSPC" || code === "EDQUOT") return `Free some space on its disk${elsewhere}`;
  return `See that you may read and write there${elsewhere}`;
}

/** The variable that says where such a path lies. */
function variableOf(path: string): string | undefined {
  const folders = { XDG_CACHE_HOME: cache, XDG_STATE_HOME: state, TMPDIR: tmpdir() };
  // Seen from either side, since it may be a folder around it that cannot be made.
  return Object.entries(folders).find(
    ([, folder]) => folder.startsWith(path) || path.startsWith(folder),
  )?.[0];
}
