import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kubernetes } from "../harness/kubernetes";
import { createWorkspace, type Workspace } from "../harness/workspace";
import { mutate } from "../unit/mutate";

// The parser is held to a thousand mutations of each file in test/unit; these go through the real CLI.
describe("a stack file with a mistake", () => {
  const api = kubernetes();
  let workspace: Workspace;
  let file: string;
  let shipped: string;

  beforeAll(async () => {
    workspace = await createWorkspace("prod", { only: "agentsmith" });
    file = join(workspace.project, "Pulumi.prod.yaml");
    shipped = readFileSync(file, "utf8");
  });
  afterAll(() => workspace.dispose());

  test("either previews or is refused by the path of the mistake, before anything is created", async () => {
    let refused = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const { what, paths, stackFile } = mutate(shipped, seed);
      writeFileSync(file, stackFile);
      const { exitCode, output } = await workspace.pulumi("preview");
      if (exitCode === 0) continue;
      refused += 1;
      const said = `${what}\n${output}`;
      expect(
        paths.some((path) => output.includes(path)),
        said,
      ).toBe(true);
      expect(output, said).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
    }
    expect(refused).toBeGreaterThan(10);
  });

  test("changes nothing of what runs", async () => {
    writeFileSync(file, shipped);
    await workspace.succeeds("up", "--yes", "--skip-preview");
    const before = await versions();
    writeFileSync(file, shipped.replace("replicas: 2", "replicas: two"));
    const up = await workspace.pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode).not.toBe(0);
    expect(up.output).toMatch(/muster:agentsmith\.dispatcher\.replicas\s+"two"/);
    expect(await versions()).toEqual(before);
    writeFileSync(file, shipped);
    await workspace.succeeds("up", "--yes", "--skip-preview", "--expect-no-changes");
  });

  async function versions(): Promise<string[]> {
    const kinds = [
      "/api/v1/namespaces/agentsmith/secrets",
      "/apis/apps/v1/namespaces/agentsmith/deployments",
    ];
    const objects = await Promise.all(kinds.map((kind) => api.list(kind)));
    return objects.flat().map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
  }
});
