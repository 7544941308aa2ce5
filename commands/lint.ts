import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ExecaError, execa } from "execa";
import { command, Failure } from "../tools/failure";
import { root } from "../tools/places";
import { say } from "../tools/progress";
import { toolchain } from "../tools/toolchain";

// `npm run lint`: every check that needs no run of the program. All of them run, whatever the others say.

const options = { cwd: root, preferLocal: true, localDir: root, all: true } as const;

const checks: Readonly<Record<string, () => Promise<unknown>>> = {
  types: () => execa("tsc", ["--noEmit"], options),
  "format and lint": () => execa("biome", ["check", "--error-on-warnings"], options),
  "unused code and dependencies": () => execa("knip", ["--treat-config-hints-as-errors"], options),
  "lock file": async () => lockFileNamesNoRegistry(),
  workflows: async () => execa((await toolchain(["actionlint"])).actionlint!, options),
};

command(async () => {
  say(`Checking: ${Object.keys(checks).join(", ")} …`);
  const passed = await Promise.all(Object.entries(checks).map(([name, check]) => run(name, check)));
  const failed = passed.filter((each) => !each).length;
  if (failed > 0) throw new Failure(`${failed} of ${passed.length} checks failed.`);
  say("All checks passed.");
});

async function run(name: string, check: () => Promise<unknown>): Promise<boolean> {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    await check();
    say(`✓ ${name}  ${seconds()}`);
    return true;
  } catch (error) {
    say(`✗ ${name}  ${seconds()}\n${found(error)}`);
    return false;
  }
}

/** What a check has to say: its own message, or everything that its program printed. */
function found(error: unknown): string {
  if (error instanceof Failure) return error.message;
  const { all, message } = error as Partial<ExecaError>;
  return all || message || String(error);
}

/** Addresses of tarballs in the lock file would bind everybody to the registry of whoever wrote it. */
function lockFileNamesNoRegistry(): void {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const addressed = Object.entries<{ resolved?: string; link?: boolean }>(packages).filter(
    ([, { resolved, link }]) => resolved !== undefined && !link,
  );
  if (addressed.length === 0) return;
  throw new Failure(
    `package-lock.json: ${addressed.length} packages have a \`resolved\` address, the first is ${addressed[0]![0]}.
Mend: npm install --package-lock-only, with the checkout's own .npmrc, which leaves them out.`,
  );
}
