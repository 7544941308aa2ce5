import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { placeAhead, startProxy } from "../../cluster/kubectl-proxy";

const given = (cluster: unknown) => ({
  PULUMI_CONFIG: JSON.stringify({ "muster:cluster": JSON.stringify(cluster) }),
});

it("leads where the stack's config says, before that is read", () => {
  expect(placeAhead(given({ name: "eu", context: "prod-eu" }))).toEqual({ context: "prod-eu" });
  expect(placeAhead(given({ name: "eu" }))).toEqual({});
  expect(placeAhead({})).toEqual({});
});

it("leads to the local cluster, whatever the config says", () => {
  const local = { ...given({ context: "prod-eu" }), MUSTER_LOCAL_KUBECONFIG: "/local" };
  expect(placeAhead(local)).toEqual({ kubeconfig: "/local" });
});

it("leaves it to the program to say what is wrong with the config", () => {
  for (const wrong of [{ context: 5 }, null, "text"]) expect(placeAhead(given(wrong))).toEqual({});
  expect(placeAhead({ PULUMI_CONFIG: JSON.stringify({ "muster:cluster": "{" }) })).toEqual({});
});

it("says why nothing can be asked, and leaves nothing behind", async () => {
  const { PATH, TMPDIR } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "muster-"));
  try {
    Object.assign(process.env, { PATH: folder, TMPDIR: folder });
    expect(await startProxy({}).refusal).toContain("spawn sh ENOENT");
    expect(readdirSync(folder)).toEqual([]);
    process.env.TMPDIR = join(folder, "missing");
    expect(await startProxy({}).refusal).toContain("no such file or directory");
  } finally {
    process.env.PATH = PATH;
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(folder, { recursive: true });
  }
});
