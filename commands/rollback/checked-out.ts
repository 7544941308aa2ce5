import { execa } from "execa";
import { root } from "../../tools/places";

/** The commit of the program as it is here; undefined where that is no Git checkout. */
export async function checkedOut(): Promise<string | undefined> {
  const { stdout, exitCode } = await execa("git", ["rev-parse", "HEAD"], { cwd: root, reject: false });
  return exitCode === 0 ? stdout : undefined;
}
