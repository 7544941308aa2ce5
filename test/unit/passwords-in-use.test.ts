import { expect, test } from "vitest";
import { declaredSystems } from "../../systems";
import { resourcesOf } from "./shipped-stack";
import { StackDirectory } from "./stack-directory";

test("who is rolled or ends before an old password is withdrawn: exporters and first containers too", async () => {
  using directory = new StackDirectory();
  const stack = `config:
  muster:thebot:
    monitoring: {}
    backup: { s3: { bucket: backups, region: eu-central-1 } }
`;
  const [system] = declaredSystems(directory.parse(stack, { stack: "prod" }));
  const all = await resourcesOf(system!, "prod");
  const { input } = all.find(({ name }) => name === "thebot-redis-password-in-use")!.inputs;
  const readers = Object.keys((input as { readers: object }).readers);
  expect(readers).toEqual(expect.arrayContaining(["backend", "thebot-redis-exporter", "redis-backup"]));
  expect(readers).not.toContain("frontend");
});
