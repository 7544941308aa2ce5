/** Something that a person can mend: a command prints its message, which says how, and nothing else. */
export class Failure extends Error {}

/** Runs a command's body; a Failure ends it with its message alone. */
export function command(body: () => Promise<void>): void {
  body().catch((error: unknown) => {
    console.error(error instanceof Failure ? `\n${error.message}` : error);
    process.exitCode = 1;
  });
}
