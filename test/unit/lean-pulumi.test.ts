import { execa } from "execa";
import { expect, it } from "vitest";
import { root } from "../../tools/places";

const leanPulumi = `
  require("./lean-pulumi");
  const { runtime } = require("@pulumi/pulumi");
  const heavy = () => Object.keys(require.cache).some((file) => /[/](typescript|arborist)[/]/.test(file));
`;

it("loads Pulumi's SDK without TypeScript and npm's resolver", async () => {
  expect(await run(`${leanPulumi} console.log(heavy());`)).toBe("false");
});

it("loads them for who turns a function into text", async () => {
  const program = `${leanPulumi} runtime.serializeFunction(() => 6 * 7).then(({ text }) => console.log(heavy(), text));`;
  expect(await run(program)).toMatch(/^true [\s\S]*6 \* 7/);
});

async function run(program: string): Promise<string> {
  const { stdout } = await execa(process.execPath, ["--eval", program], { cwd: root });
  return stdout;
}
