import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ownFolder, removeFolder, removeLeftovers } from "../harness/folders";

const { pid: ended } = spawnSync("true");

test.runIf(process.platform === "linux")(
  "what a killed test has left is ended and removed by the next run, and nothing of one that runs",
  async () => {
    const left = mkdtempSync(join(tmpdir(), `muster-test-workspace-${ended}-`));
    const own = ownFolder("workspace");
    // As a provider runs: the workspace is in its environment alone.
    const [ofLeft, ofOwn] = [left, own].map((folder) =>
      spawn("sleep", ["600"], { env: { PULUMI_HOME: join(folder, "pulumi") }, stdio: "ignore" }),
    );
    const gone = once(ofLeft!, "exit");
    await removeLeftovers();
    expect(await gone).toEqual([null, "SIGKILL"]);
    expect(existsSync(left)).toBe(false);
    expect([ofOwn!.exitCode, ofOwn!.signalCode, existsSync(own)]).toEqual([null, null, true]);
    await removeFolder(own);
    expect(existsSync(own)).toBe(false);
    rmSync(left, { recursive: true, force: true });
  },
);
