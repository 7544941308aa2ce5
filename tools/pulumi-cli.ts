import { type ExecaError, execa } from "execa";
import { Failure } from "./failure";
import { root } from "./places";

/** What the Pulumi CLI prints. Throws a Failure where it is missing, or refuses. */
export async function pulumi(...args: string[]): Promise<string> {
  try {
    const { stdout } = await execa("pulumi", [...args, "--non-interactive"], { cwd: root });
    return stdout;
  } catch (error) {
    const { code, stderr, shortMessage } = error as ExecaError & { code?: string };
    throw new Failure(
      code === "ENOENT"
        ? 'pulumi is not on PATH. For the local cluster, first run: eval "$(npm run -s env)"'
        : stderr || shortMessage,
    );
  }
}

/** Runs `pulumi up` in this terminal, and tells its exit status once it has ended in order. */
export async function pulumiUp(cli: string, args: readonly string[]): Promise<number | undefined> {
  const update = execa(cli, ["up", ...args], { cwd: root, stdio: "inherit", reject: false });
  const signals = ["SIGTERM", "SIGHUP"] as const;
  // Ctrl-C reaches the CLI by itself: wait for it. Other signals reach this process alone: hand them on.
  const waits = () => {};
  const ends = () => update.kill("SIGINT");
  process.on("SIGINT", waits);
  for (const signal of signals) process.on(signal, ends);
  const { exitCode } = await update;
  process.off("SIGINT", waits);
  for (const signal of signals) process.off(signal, ends);
  return exitCode;
}
