import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { root } from "../../tools/places";

describe("Pulumi's SDK", () => {
  const lean = `
    require("./load-pulumi");
    const { automation, runtime } = require("@pulumi/pulumi");
    const { helm } = require("@pulumi/kubernetes");
    const { locales } = require("zod");
    const heavy = () => Object.keys(require.cache).some((file) => /typescript|arborist|automation.stack|helm.v4|locales.fr/.test(file));
  `;

  it("is loaded without what Muster never asks for: TypeScript, npm's resolver, Helm", async () => {
    expect(await run(`${lean} console.log(heavy());`)).toBe("false");
  });

  it("leaves V8's debugger off, which Pulumi has switched on before it loads the program", async () => {
    const program = `
      const { getSessionAsync } = require("@pulumi/pulumi/runtime/closure/v8Hooks");
      getSessionAsync().then((session) => {
        require("./load-pulumi");
        setImmediate(() => session.post("Debugger.getScriptSource", { scriptId: "0" }, ({ message }) => console.log(message)));
      });`;
    expect(await run(program)).toContain("Debugger agent is not enabled");
  });

  it("has all of it for who asks", async () => {
    const asks = `${lean}
      runtime.serializeFunction(() => 6 * 7).then(({ text }) =>
        console.log(heavy(), typeof automation.LocalWorkspace, typeof helm.v4.Chart, typeof locales.fr, text));`;
    expect(await run(asks)).toMatch(/^true function function function [\s\S]*6 \* 7/);
  });
});

it("an error of the program names the lines of its TypeScript", async () => {
  const program = 'require("./main")().catch(({ stack }) => console.log(stack));';
  expect(await run(program)).toMatch(/at parseConfig \(\S+config.stack\.ts:\d+:\d+\)\n.*at parseStack /);
});

async function run(program: string): Promise<string> {
  const { stdout } = await execa(process.execPath, ["--eval", program], { cwd: root });
  return stdout;
}
