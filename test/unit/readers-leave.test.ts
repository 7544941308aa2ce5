import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { root } from "../../tools/places";

test.each(["size --stack prod", "policy test/unit/golden/prod/wbot.yaml"])(
  "%s says nothing where nobody reads it",
  async (command) => {
    // As `| head` does, but at once.
    const script = `"$0" --require tsx/cjs commands/${command.replace(" ", ".ts ")} | true`;
    const { stderr } = await execa("sh", ["-c", script, process.execPath], { cwd: root });
    expect(stderr).toBe("");
  },
);

test("every command that prints minds it", () => {
  const commands = readdirSync(join(root, "commands")).filter((name) => name.endsWith(".ts"));
  const text = (name: string) => readFileSync(join(root, "commands", name), "utf8");
  const careless = commands.filter(
    (name) =>
      /console\.log|stdout\.write/.test(text(name)) &&
      !/readersMayLeave\(|\b(?:command|answer)\(|EPIPE/.test(text(name)),
  );
  // It prints one line, for those who change the rules.
  expect(careless).toEqual(["policy-reference.ts"]);
});
