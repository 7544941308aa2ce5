import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { root } from "../../tools/places";

/** What npm hands on of options that stand before `--`. */
function npmRun(script: string, kept: Readonly<Record<string, string>>, ...args: string[]) {
  const variables = Object.entries(kept).map(([name, value]) => [`npm_config_${name}`, value]);
  const env = { npm_lifecycle_event: script, ...Object.fromEntries(variables) };
  return execa(process.execPath, ["commands/run.mjs", script, ...args], { cwd: root, env, reject: false });
}

test.each([
  ["start", { stack: "true" }, ["prod"], "npm start -- --stack prod"],
  ["start", { stack: "prod" }, [], "npm start -- --stack prod"],
  ["start", { sprod: "true" }, [], "npm start -- -sprod"],
  ["stop", { delete: "true" }, [], "npm run stop -- --delete"],
  ["bench", { quick: "true" }, [], "npm run bench -- --quick"],
  ["doctor", { stack: "true", probe: "true" }, ["prod"], "npm run doctor -- --probe --stack prod"],
  [
    "rollback",
    { stack: "prod", to: "41", yes: "true" },
    [],
    "npm run rollback -- --stack prod --to 41 --yes",
  ],
  ["rollback", { stack: "prod", token_description: "41" }, [], "npm run rollback -- --stack prod --to 41"],
  [
    "restore",
    { from: "true", stack: "true", replace_registry_host: "true" },
    ["prod", "latest"],
    "npm run restore -- --replace --from <backup> --stack <stack>",
  ],
  ["restore", { set_aside: "true" }, [], "npm run restore -- --set-aside"],
  ["test", { keep: "true" }, ["cluster"], "npm test -- --keep cluster"],
] as const)(
  "npm %s with what npm kept, %j, runs nothing and says how it is handed on",
  async (script, kept, args, mend) => {
    const { exitCode, stderr } = await npmRun(script, kept, ...args);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(new RegExp(`^npm kept .* for itself\\. Two hyphens hand it on: ${mend}$`));
  },
);

test("no option of a command is lost", async () => {
  for (const file of readdirSync(join(root, "commands")).filter((name) => name.endsWith(".ts"))) {
    const text = readFileSync(join(root, "commands", file), "utf8");
    for (const [, option] of text.matchAll(/ption\(\s*"(?:-\w, )?--([\w-]+)/g)) {
      if (option === "yes") continue;
      const { stderr } = await npmRun("a-command", { [option!.replaceAll("-", "_")]: "true" });
      expect(stderr, `${file} --${option}`).toMatch(/^npm kept --/);
    }
  }
});

test("what npm is told for all that it does is no option of a command", async () => {
  const { stderr } = await npmRun("a-command", { yes: "true", fetch_retries: "5" });
  expect(stderr).not.toContain("npm kept");
});
