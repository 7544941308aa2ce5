import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { handedOver } from "../../config/cli-config";
import { ConfigError } from "../../config/stack";
import { parseStack } from "../../systems";
import { mutate } from "./mutate";
import { StackDirectory } from "./stack-directory";

const MUTATIONS = 600;
const directory = new StackDirectory();
afterAll(() => directory[Symbol.dispose]());

/** What a stack's config is refused for; anything but a ConfigError gets out. Without the file, it has no lines. */
function refusal(values: Readonly<Record<string, string>>): ConfigError | undefined {
  try {
    const secretKeys = new Set<string>();
    parseStack({ stack: "dev", values, secretKeys, local: true, projectDirectory: directory.path });
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

describe.each(["full", "other"])("%s.stack.yaml", (name) => {
  const original = readFileSync(join(__dirname, `${name}.stack.yaml`), "utf8");

  it("is taken as it is", () => {
    expect(refusal(handedOver(parse(original).config).values)?.message).toBeUndefined();
  });

  it(`mutated ${MUTATIONS} times, is taken or refused, with every error naming what was touched`, () => {
    let refused = 0;
    for (let seed = 1; seed <= MUTATIONS; seed++) {
      const { what, paths, config } = mutate(original, seed);
      const refusedFor = refusal(handedOver(config).values);
      if (!refusedFor) continue;
      refused++;
      const told = `seed ${seed}, ${what}:\n${refusedFor.message}`;
      if (/^ +at .*:\d+:\d+|Invalid input|undefined|\[object/m.test(refusedFor.message)) expect.fail(told);
      for (const { path, message, accepts } of refusedFor.errors) {
        const error = `${path} ${message} ${accepts}`;
        if (!paths.some((touched) => error.includes(touched))) expect.fail(told);
      }
    }
    expect(refused).toBeGreaterThan(MUTATIONS / 2);
  });

  it("and as a file, it says the same, each with its line", () => {
    using withFile = new StackDirectory();
    for (let seed = 1; seed <= 30; seed++) {
      const { config, stackFile } = mutate(original, seed);
      const { values } = handedOver(config);
      expect(handedOver(parse(stackFile).config).values).toEqual(values);
      const refusedFor = refusal(values);
      if (!refusedFor) continue;
      const { errors } = withFile.refusal(stackFile);
      expect(errors.map(({ path, message }) => [path, message]).sort()).toEqual(
        refusedFor.errors.map(({ path, message }) => [path, message]).sort(),
      );
      for (const { line } of errors) expect(line).toBeGreaterThan(1);
    }
  });
});
