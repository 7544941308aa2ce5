import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { kubectl } from "../../cluster/kubectl";

const directory = mkdtempSync(join(tmpdir(), "muster-kubectl-"));

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

test("a command in a container that never answers is given up, in a sentence", async () => {
  writeFileSync(join(directory, "kubectl"), "#!/bin/sh\nexec sleep 60\n");
  chmodSync(join(directory, "kubectl"), 0o755);
  vi.stubEnv("PATH", `${directory}:${process.env.PATH}`);
  await expect(kubectl(["exec", "redis-0"], {}, { input: "", seconds: 0.3 })).rejects.toThrow(
    /^kubectl had no answer after 0.3 seconds$/,
  );
});
