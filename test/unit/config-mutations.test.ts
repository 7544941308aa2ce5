import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cliConfig } from "../../config/cli-config";
import { ConfigError, type ConfigIssue, parseStack } from "../../config/stack";
import { mutate } from "./mutate";

const root = join(__dirname, "../..");
const projectDirectory = mkdtempSync(join(tmpdir(), "muster-mutations-"));
cpSync(join(root, "stacks"), join(projectDirectory, "stacks"), { recursive: true });
cpSync(join(root, "stacks/prod"), join(projectDirectory, "stacks/full"), { recursive: true });
afterAll(() => rmSync(projectDirectory, { recursive: true }));

const stackFiles = {
  dev: "Pulumi.dev.yaml",
  staging: "Pulumi.staging.yaml",
  prod: "Pulumi.prod.yaml",
  full: "test/unit/full.stack.yaml",
};
const MUTATIONS = 1000;

/** What a stack's file is refused for; anything but a ConfigError gets out. */
function refusal(
  stack: string,
  stackFile: string,
): { message: string; errors: readonly ConfigIssue[] } | undefined {
  writeFileSync(join(projectDirectory, `Pulumi.${stack}.yaml`), stackFile);
  try {
    parseStack({ stack, values: cliConfig(stackFile), secretKeys: new Set(), local: true, projectDirectory });
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

describe.each(Object.entries(stackFiles))("%s", (stack, file) => {
  const original = readFileSync(join(root, file), "utf8");

  it("is taken as it is", () => {
    expect(refusal(stack, original)?.message).toBeUndefined();
  });

  it(`mutated ${MUTATIONS} times, is taken or refused, with every error naming what was touched`, () => {
    let refused = 0;
    for (let seed = 1; seed <= MUTATIONS; seed++) {
      const { what, paths, stackFile } = mutate(original, seed);
      const refusedFor = refusal(stack, stackFile);
      if (!refusedFor) continue;
      refused++;
      const told = `seed ${seed}, ${what}:\n${refusedFor.message}`;
      expect(refusedFor.message, told).not.toMatch(/^ +at .*:\d+:\d+|Invalid input|undefined|\[object/m);
      for (const { path, message, accepts } of refusedFor.errors) {
        const error = `${path} ${message} ${accepts}`;
        expect(
          paths.some((touched) => error.includes(touched)),
          told,
        ).toBe(true);
      }
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 2);
  });
});
