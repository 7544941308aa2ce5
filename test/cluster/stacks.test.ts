import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { root } from "../../tools/places";
import { createWorkspace, type Workspace } from "../harness/workspace";

describe("the files of the stacks that ship", () => {
  let workspace: Workspace;

  afterEach(() => workspace.dispose());

  test.each(["dev", "staging", "prod"])(
    "the file of %s is as the CLI writes it, so that a key that is set changes that line alone",
    async (stack) => {
      workspace = await createWorkspace(stack);
      const file = () => readFileSync(join(workspace.project, `Pulumi.${stack}.yaml`), "utf8").split("\n");
      const shipped = readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8").split("\n");
      const before = file();
      // What `stack init` has added.
      expect(before.filter((line) => !line.startsWith("encryptionsalt:"))).toEqual(shipped);
      const policy = "muster:agentsmith.image.pullPolicy";
      await workspace.succeeds("config", "set", "--path", policy, "IfNotPresent");
      expect(file().filter((line, index) => line !== before[index])).toEqual([
        expect.stringContaining("pullPolicy: IfNotPresent"),
      ]);
    },
  );
});
