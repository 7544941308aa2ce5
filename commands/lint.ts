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
  "lock file": () => lockFile(),
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

/** It names no registry, so that everybody installs from their own, and `npm ci` takes it in a fresh clone. */
async function lockFile(): Promise<void> {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const addressed = Object.entries<{ resolved?: string }>(packages).filter(([, { resolved }]) => resolved);
  if (addressed.length > 0)
    throw new Failure(
      `package-lock.json: ${addressed.length} packages have a \`resolved\` address, such as ${addressed[0]![0]}.
Mend: npm install --package-lock-only in the checkout, whose .npmrc leaves addresses out.`,
    );
  await execa("npm", ["ci", "--dry-run", "--ignore-scripts", "--no-audit", "--no-fund"], options);
}
