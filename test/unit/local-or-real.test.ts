import { execa } from "execa";
import { expect, test } from "vitest";
import { root } from "../../tools/places";

/** The program as Pulumi runs it for stack prod, with a system that cannot run without its secrets. */
async function program(environment: Record<string, string>): Promise<string> {
  const script = `
    const pulumi = require("@pulumi/pulumi");
    pulumi.runtime.setAllConfig({ "muster:agentsmith": "{}" });
    pulumi.runtime.setMocks({ newResource: ({ inputs }) => ({ id: "id", state: inputs }), call: () => ({}) }, "muster", "prod");
    try { require("./index"); console.log("taken"); } catch (error) { console.log(error.message); }
    process.exit();`;
  const args = ["--require", "tsx/cjs", "--eval", script];
  return (await execa(process.execPath, args, { cwd: root, env: environment, reject: false })).stdout;
}

test("a secret without a value gets a placeholder on the local cluster, and there alone", async () => {
  const [local, real, empty] = await Promise.all([
    program({ MUSTER_LOCAL_KUBECONFIG: "/nonexistent/kubeconfig" }),
    program({}),
    // As a shell leaves it behind that has it exported and lost its value.
    program({ MUSTER_LOCAL_KUBECONFIG: "" }),
  ]);
  expect(local).toBe("taken");
  expect(real).toContain("agentsmith:anthropic-api-key\n    It is missing; it is needed by");
  expect(empty).toBe(real);
});
